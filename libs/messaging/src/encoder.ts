import {
  commandSubject,
  type Envelope,
  eventSubject,
  type EventDef,
  partitionOf,
  type SagaCommandDef,
  streamOf,
} from '@gts/contracts';
import type { Clock, MessageId, NewId, ServiceName } from '@gts/kernel';
import type { EncodeMeta, Encoder, NewOutboxRow } from '@gts/persistence';
import { busErrors } from './errors';
import { headersOf } from './headers';
import { unfitJson } from './json';
import type { Outgoing } from './outgoing';

const MOST_BODY_BYTES = 256 * 1024;
const MOST_HEADER_BYTES = 4 * 1024;

export type EncoderDeps = Readonly<{ producer: ServiceName; newId: NewId; clock: Clock }>;
type Order = Pick<NewOutboxRow, 'partition' | 'orderKey' | 'orderSeq' | 'subject'>;
type Numbered = NonNullable<EncodeMeta['aggregate']>;

const text = new TextEncoder();

function eventOrder(def: EventDef, { ctx, aggregate }: EncodeMeta & { aggregate: Numbered }): Order {
  const partition = partitionOf(ctx.tenantId, aggregate.id);
  const orderKey = `${aggregate.type}/${aggregate.id}`;
  return { partition, orderKey, orderSeq: aggregate.version, subject: eventSubject(def, partition) };
}

function commandOrder(def: SagaCommandDef, { ctx }: EncodeMeta, id: MessageId): Order {
  const subject = commandSubject(def);
  if (!ctx.saga) return { partition: partitionOf(ctx.tenantId, id), orderKey: `cmd/${id}`, orderSeq: 1, subject };
  const { id: sagaId, epoch } = ctx.saga;
  return { partition: partitionOf(ctx.tenantId, sagaId), orderKey: `saga/${sagaId}`, orderSeq: epoch, subject };
}

function orderOf({ message }: Outgoing, meta: EncodeMeta, id: MessageId): Order {
  if (message.kind === 'command') return commandOrder(message, meta, id);
  if (!meta.aggregate) throw busErrors.MESSAGE_INVALID(message.type, 'an event belongs to an aggregate');
  return eventOrder(message, { ...meta, aggregate: meta.aggregate });
}

function strictData({ message, data }: Outgoing): unknown {
  const parsed = message.data.safeParse(data);
  if (!parsed.success)
    throw busErrors.MESSAGE_INVALID.with({ cause: parsed.error }, message.type, parsed.error.message);
  return parsed.data;
}

function envelopeOf(outgoing: Outgoing, meta: EncodeMeta, from: EncoderDeps & { id: MessageId }): Envelope {
  const { message } = outgoing;
  const { ctx, occurredAt, aggregate } = meta;
  return {
    id: from.id,
    kind: message.kind,
    type: message.type,
    version: message.version,
    producer: from.producer,
    occurredAt,
    tenantId: ctx.tenantId,
    ...(message.kind === 'event' && aggregate && { aggregate }),
    correlationId: ctx.correlationId,
    causationId: ctx.causationId ?? ctx.commandId ?? ctx.correlationId,
    actor: ctx.actor,
    ...(ctx.traceparent !== undefined && { traceparent: ctx.traceparent }),
    ...(ctx.saga && { saga: ctx.saga }),
    data: strictData(outgoing),
  };
}

function assertFits(type: string, body: Uint8Array, row: { envelope: Envelope; headers: Record<string, string> }) {
  const deep = unfitJson(row.envelope);
  if (deep !== undefined) throw busErrors.MESSAGE_TOO_LARGE(type, deep);
  if (body.length > MOST_BODY_BYTES) throw busErrors.MESSAGE_TOO_LARGE(type, `body of ${body.length} bytes`);
  const size = Object.entries(row.headers).reduce((sum, [key, value]) => sum + key.length + value.length * 3 + 4, 12);
  if (size > MOST_HEADER_BYTES) throw busErrors.MESSAGE_TOO_LARGE(type, `headers of ${size} bytes`);
}

/**
 * Turns messages into outbox rows, once, inside the unit: strict data, envelope, subject, partition, order.
 * @throws BUS.MESSAGE_INVALID, BUS.MESSAGE_TOO_LARGE; both abort the unit
 */
export const createEncoder = (deps: EncoderDeps): Encoder<Outgoing> => ({
  numbered: ({ message }) => message.kind === 'event',
  encode: (outgoing, meta) => {
    const id = meta.id ?? deps.newId<'Message'>();
    const envelope = envelopeOf(outgoing, meta, { ...deps, id });
    const body = text.encode(JSON.stringify(envelope));
    const headers = headersOf(envelope);
    assertFits(outgoing.message.type, body, { envelope, headers });
    const order = orderOf(outgoing, meta, id);
    return { id, tenantId: meta.ctx.tenantId, stream: streamOf(outgoing.message), headers, body, ...order };
  },
});
