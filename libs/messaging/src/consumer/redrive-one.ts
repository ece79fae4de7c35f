import { hasCode, kindOf } from '@gts/kernel';
import { storeErrors, type Unit } from '@gts/persistence';
import type { Delivery } from '../bus';
import { serviceContext } from '../service-context';
import { type AttemptKey, countRedrive, forget } from './attempts';
import type { ConsumerDeps } from './deps';
import { copyToStream } from './park';
import { type DeadLetter, deadLetterRows } from './rows';
import { codeOf } from './verdict';

const MOST_REDRIVE_STARTS = 3;
const nothing = () => undefined;

/** The stored message as if the broker handed it out; there is nothing to acknowledge. */
const deliveryOf = ({ stream, seq, subject, headers, bodyBase64, deliveries }: DeadLetter): Delivery => ({
  stream,
  seq,
  subject,
  headers,
  body: new Uint8Array(Buffer.from(bodyBase64, 'base64')),
  deliveryCount: deliveries,
  ack: nothing,
  nak: nothing,
  working: nothing,
});

async function change(unit: Unit, key: string, to: (row: DeadLetter) => Partial<DeadLetter>): Promise<DeadLetter> {
  const rows = unit.collection(deadLetterRows);
  const { meta: _meta, ...row } = await rows.get(key);
  const next = { ...row, ...to(row) };
  await rows.put(key, next);
  return next;
}

async function back(deps: ConsumerDeps, at: AttemptKey & { id: string }, error: unknown): Promise<void> {
  await deps.store.transaction(serviceContext(deps.service, 'redrive'), async (unit) => {
    const lastFailureAt = await unit.now();
    const row = await change(unit, at.id, ({ redriveCount }) => ({
      state: 'parked',
      redriveCount: redriveCount + 1,
      lastFailureAt,
      errorCode: codeOf(error),
      errorClass: kindOf(error),
      detail: (error instanceof Error ? error.message : String(error)).slice(0, 1000),
    }));
    copyToStream(unit, deps, row);
    await forget(unit, at);
  });
  deps.metrics.count('messaging_redrives_total', { outcome: 'parked' });
}

async function resolve(deps: ConsumerDeps, { id, ...at }: AttemptKey & { id: string }): Promise<void> {
  await deps.store.transaction(serviceContext(deps.service, 'redrive'), async (unit) => {
    await change(unit, id, ({ state }) => (state === 'redriving' ? { state: 'resolved' } : {}));
    await forget(unit, at);
  });
  deps.metrics.count('messaging_redrives_total', { outcome: 'resolved' });
}

/**
 * Runs a dead letter through its own consumer, alone, under the same message id. Its start is counted first, so
 * one that kills the process comes back at most three times.
 */
export async function redriveOne(
  deps: ConsumerDeps,
  { consumer, key: id }: AttemptKey,
  run: (delivery: Delivery) => Promise<boolean>,
): Promise<void> {
  const at = { consumer, key: id.slice(consumer.length + 1), id };
  const ctx = serviceContext(deps.service, 'redrive');
  const row = await deps.store.collection(deadLetterRows, ctx).get(id);
  const counted = await deps.store.transaction(ctx, (unit) => countRedrive(unit, at, MOST_REDRIVE_STARTS));
  await deps.probe?.('redrive.afterStart');
  try {
    if (!counted) throw new Error(`started ${MOST_REDRIVE_STARTS} times without an end`);
    const done = await run(deliveryOf(row));
    if (!done) throw new Error('an earlier version of this aggregate is still missing');
    await resolve(deps, at);
  } catch (error) {
    if (hasCode(error, storeErrors.UNAVAILABLE.code)) return;
    await back(deps, at, error);
  }
}
