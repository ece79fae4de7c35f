import type { Envelope } from '@gts/contracts';

/** The broker drops a second message with the same value within its window. */
export const MESSAGE_ID = 'Nats-Msg-Id';

type Outline = Pick<Envelope, 'id' | 'type' | 'version' | 'producer' | 'tenantId' | 'correlationId'> &
  Partial<Pick<Envelope, 'saga' | 'traceparent'>>;

const sagaHeader = ({ id, step, epoch }: NonNullable<Envelope['saga']>): string => `${id};${step};${epoch}`;

/** What the broker and its tools may know of a message; the body stays authoritative. */
export function headersOf(envelope: Outline): Record<string, string> {
  const { saga, traceparent } = envelope;
  return {
    [MESSAGE_ID]: `${envelope.producer}:${envelope.id}`,
    'Gts-Type': envelope.type,
    'Gts-Version': String(envelope.version),
    'Gts-Tenant': envelope.tenantId,
    'Gts-Correlation': envelope.correlationId,
    ...(traceparent !== undefined && { traceparent }),
    ...(saga && { 'Gts-Saga': sagaHeader(saga) }),
  };
}

const compared: readonly (readonly [header: string, of: (envelope: Outline) => string | undefined])[] = [
  ['Gts-Type', ({ type }) => type],
  ['Gts-Version', ({ version }) => String(version)],
  ['Gts-Tenant', ({ tenantId }) => tenantId],
  ['Gts-Correlation', ({ correlationId }) => correlationId],
  ['Gts-Saga', ({ saga }) => saga && sagaHeader(saga)],
  [MESSAGE_ID, ({ producer, id }) => `${producer}:${id}`],
];

/** The first header that disagrees with the body; a trace context may be missing or broken. */
export function disagreement(headers: Readonly<Record<string, string>>, envelope: Outline): string | undefined {
  for (const [header, of] of compared) if (headers[header] !== of(envelope)) return header;
  return undefined;
}
