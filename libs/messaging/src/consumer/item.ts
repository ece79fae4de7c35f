import { hash } from 'node:crypto';
import type { Context } from '@gts/kernel';
import type { Delivery } from '../bus';
import { MESSAGE_ID } from '../headers';
import type { Parsed } from '../incoming';
import type { SpanOptions } from '../ports';

const hex = (body: Uint8Array): string => hash('sha256', body, 'hex');

/** One message on its way through the pipeline. */
export type Item = Readonly<{
  delivery: Delivery;
  /** SHA-256 of the body, hex. */
  digest: string;
  /** Names the message in this consumer, also across a recreated stream. */
  key: string;
  parsed: Parsed;
  /** Its start was counted, or it is a redrive. */
  guarded: boolean;
  redriving: boolean;
  prepared: unknown;
  traceparent?: string | undefined;
}>;

export const digestOf = ({ body }: Pick<Delivery, 'body'>): string => hex(body);

export function messageKey({ headers, stream, seq }: Delivery, digest: string): string {
  const id = headers[MESSAGE_ID];
  return id === undefined ? `${stream}@${digest.slice(0, 16)}#${seq}` : `${id}#${digest.slice(0, 16)}`;
}

/** Messages of the same aggregate or saga run one after another. */
export const laneOf = ({ parsed: { message } }: Item): string =>
  message.saga?.id ?? message.aggregate?.id ?? message.id;

/** The span of a message: child of whoever sent it, named in attributes by its consumer. */
export const spanOf = ({ parsed: { envelope } }: Item, consumer: string): SpanOptions => ({
  traceparent: envelope.traceparent,
  kind: 'consumer',
  attributes: { 'messaging.consumer.group.name': consumer },
});

/** What a line of log says about a message; never its payload. */
export const fieldsOf = ({ parsed: { envelope, message } }: Item, consumer: string) => ({
  consumer,
  type: message.type,
  messageId: message.id,
  tenantId: message.tenantId,
  correlationId: envelope.correlationId,
  ...(message.saga && { sagaId: message.saga.id }),
});

/** The caller that a message stands for. */
export function contextOf(
  item: Item,
  o: { deadline: number; signal?: AbortSignal | undefined; traceparent?: string | undefined },
): Context {
  const { envelope, message } = item.parsed;
  return {
    tenantId: message.tenantId,
    actor: envelope.actor,
    scopes: [],
    correlationId: envelope.correlationId,
    causationId: message.id,
    deadline: o.deadline,
    signal: o.signal,
    traceparent: o.traceparent ?? item.traceparent ?? envelope.traceparent,
    saga: message.saga,
  };
}
