import { createHash } from 'node:crypto';
import { DEAD_LETTER_STREAM, deadLetterSubject, partitionOf } from '@gts/contracts';
import { type Context, kindOf, SYSTEM_TENANT } from '@gts/kernel';
import type { Unit } from '@gts/persistence';
import type { Delivery } from '../bus';
import { fault } from '../fault';
import { MESSAGE_ID } from '../headers';
import { serviceContext } from '../service-context';
import { type AttemptKey, firstFailure, forget } from './attempts';
import type { ConsumerDeps } from './deps';
import { type DeadLetter, deadLetterRows } from './rows';
import { codeOf } from './verdict';

const MOST_COPY_BYTES = 512 * 1024;

export type Parking = Readonly<{
  delivery: Delivery;
  consumer: string;
  key: string;
  reason: string;
  error: unknown;
  /** `redriving`: nobody looks at it first, it is handled again at once. */
  state?: 'redriving';
  /** What else belongs into the same unit, e.g. the failure outcome of a work item. */
  also?: ((unit: Unit) => Promise<void>) | undefined;
}>;

/** Key of a dead letter row. */
export const deadLetterKey = ({ consumer, key }: AttemptKey): string => `${consumer}/${key}`;

const topFrame = (error: unknown): string =>
  (error instanceof Error ? error.stack : undefined)?.split('\n').find((line) => line.includes('    at ')) ?? '';

const fingerprintOf = ({ reason, error }: Parking): string =>
  createHash('sha256')
    .update([reason, kindOf(error), codeOf(error), topFrame(error).replace(/:\d+:\d+\)?$/, '')].join('\n'))
    .digest('hex')
    .slice(0, 16);

const afterColon = (text: string | undefined): string | null => text?.slice(text.indexOf(':') + 1) ?? null;

function rowOf(parking: Parking, times: { firstAt: string; now: string }): DeadLetter {
  const { delivery, consumer, reason, error } = parking;
  const { stream, seq, subject, headers, body, deliveryCount } = delivery;
  return {
    key: deadLetterKey(parking),
    consumer,
    stream,
    seq,
    subject,
    bodyBase64: Buffer.from(body).toString('base64'),
    headers: { ...headers },
    type: headers['Gts-Type'] ?? subject,
    messageId: afterColon(headers[MESSAGE_ID]),
    tenantId: headers['Gts-Tenant'] ?? null,
    reason,
    errorClass: kindOf(error),
    errorCode: codeOf(error),
    detail: error instanceof Error ? error.message.slice(0, 1000) : String(error).slice(0, 1000),
    fingerprint: fingerprintOf(parking),
    firstFailureAt: times.firstAt,
    lastFailureAt: times.now,
    deliveries: deliveryCount,
    state: parking.state ?? 'parked',
    redriveCount: 0,
    note: null,
  };
}

const clean = (value: string): string => value.replace(/[\r\n]/g, ' ');

function copyHeaders(row: DeadLetter, { key }: AttemptKey): Record<string, string> {
  const { traceparent } = row.headers;
  return {
    [MESSAGE_ID]: clean(`dlq:${row.consumer}:${key}:${row.redriveCount}`),
    'Gts-Dlq-Stream': row.stream,
    'Gts-Dlq-Seq': String(row.seq),
    'Gts-Dlq-Subject': row.subject,
    'Gts-Dlq-Consumer': row.consumer,
    'Gts-Dlq-Reason': row.reason,
    'Gts-Dlq-Error-Code': row.errorCode,
    'Gts-Dlq-Fingerprint': row.fingerprint,
    'Gts-Dlq-Deliveries': String(row.deliveries),
    'Gts-Dlq-First-At': row.firstFailureAt,
    'Gts-Dlq-Last-At': row.lastFailureAt,
    ...(traceparent !== undefined && { traceparent }),
  };
}

/** Puts the copy for the stream of dead letters into the outbox. */
export function copyToStream(unit: Unit, deps: Pick<ConsumerDeps, 'service' | 'newId'>, row: DeadLetter): void {
  const key = row.key.slice(row.consumer.length + 1);
  const whole = Buffer.from(row.bodyBase64, 'base64');
  const cut = whole.length > MOST_COPY_BYTES;
  unit.outbox.add({
    id: deps.newId<'Message'>(),
    tenantId: SYSTEM_TENANT,
    stream: DEAD_LETTER_STREAM,
    subject: deadLetterSubject(deps.service, row.consumer),
    headers: { ...copyHeaders(row, { consumer: row.consumer, key }), ...(cut && { 'Gts-Dlq-Truncated': 'true' }) },
    body: cut ? whole.subarray(0, MOST_COPY_BYTES) : whole,
    partition: partitionOf(SYSTEM_TENANT, row.key),
    orderKey: `dlq/${row.key}`,
    orderSeq: row.redriveCount,
  });
}

export type ParkDeps = Pick<ConsumerDeps, 'service' | 'store' | 'newId' | 'metrics' | 'log' | 'probe'>;

async function insert(unit: Unit, deps: ParkDeps, parking: Parking): Promise<DeadLetter | undefined> {
  const rows = unit.collection(deadLetterRows);
  if (await rows.find(deadLetterKey(parking))) return undefined;
  const now = await unit.now();
  const row = rowOf(parking, { firstAt: (await firstFailure(unit, parking)) ?? now, now });
  await rows.insert(row.key, row);
  copyToStream(unit, deps, row);
  await forget(unit, parking);
  await parking.also?.(unit);
  return row;
}

/** Moves a message to the dead letters, row and copy in one unit; a known one stays as it is. */
export async function park(deps: ParkDeps, parking: Parking): Promise<void> {
  const ctx: Context = serviceContext(deps.service, 'park');
  const row = await deps.store.transaction(ctx, (unit) => insert(unit, deps, parking));
  await deps.probe?.('park.afterCommit');
  if (!row) return;
  const { consumer, reason } = row;
  deps.metrics.count('messaging_dead_letter_messages', { consumer, reason });
  const { type, messageId, fingerprint } = row;
  deps.log.error({ consumer, reason, type, messageId, fingerprint, ...fault(parking.error) }, 'message parked');
}
