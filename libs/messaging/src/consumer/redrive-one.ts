import { hasCode, kindOf } from '@gts/kernel';
import type { Unit } from '@gts/persistence';
import type { Delivery } from '../bus';
import { busErrors } from '../errors';
import { serviceContext } from '../service-context';
import { type AttemptKey, countRedrive, forget, takeBackRedrive } from './attempts';
import type { ConsumerDeps, RedriveEnd } from './deps';
import { copyToStream } from './park';
import { type DeadLetter, deadLetterRows } from './rows';
import { storedDelivery } from './stored';
import { codeOf } from './verdict';

const MOST_REDRIVE_STARTS = 3;
const NOTHING_LEFT = 'nothing left to do: nobody waits for it any more';
const nothing = () => undefined;

/** Done: its effect is there. Waits: an earlier version is missing. Unwanted: nobody waits for its effect. Later: ask again. */
export type Redriven = 'done' | 'waits' | 'unwanted' | 'later';
/** How a consumer runs a stored message, and what else belongs into the unit that parks it again. */
export type Rerun = Readonly<{
  run: (delivery: Delivery) => Promise<Redriven>;
  parked?: (unit: Unit, delivery: Delivery, error: unknown) => Promise<void>;
}>;
type Letter = AttemptKey & Readonly<{ id: string; delivery: Delivery }>;

const deliveryOf = ({ stream, seq, subject, headers, bodyBase64, deliveries }: DeadLetter): Delivery =>
  storedDelivery({
    stream,
    seq,
    subject,
    headers,
    body: new Uint8Array(Buffer.from(bodyBase64, 'base64')),
    deliveryCount: deliveries,
  });

async function change(unit: Unit, key: string, to: (row: DeadLetter) => Partial<DeadLetter>): Promise<DeadLetter> {
  const rows = unit.collection(deadLetterRows);
  const { meta: _meta, ...row } = await rows.get(key);
  const next = { ...row, ...to(row) };
  await rows.put(key, next);
  return next;
}

const inUnit = <R>({ store, service }: ConsumerDeps, run: (unit: Unit) => Promise<R>): Promise<R> =>
  store.transaction(serviceContext(service, 'redrive'), run);

async function back(deps: ConsumerDeps, { id, delivery, ...at }: Letter, o: Rerun & { error: unknown }): Promise<void> {
  const { error } = o;
  await inUnit(deps, async (unit) => {
    const lastFailureAt = await unit.now();
    const row = await change(unit, id, ({ redriveCount }) => ({
      state: 'parked',
      redriveCount: redriveCount + 1,
      lastFailureAt,
      errorCode: codeOf(error),
      errorClass: kindOf(error),
      detail: (error instanceof Error ? error.message : String(error)).slice(0, 1000),
    }));
    copyToStream(unit, deps, row);
    await forget(unit, at);
    await o.parked?.(unit, delivery, error);
  });
  deps.metrics.count('messaging_redrives_total', { outcome: 'parked' });
}

const ends = {
  done: { state: 'resolved' },
  unwanted: { state: 'discarded', note: NOTHING_LEFT },
} as const;

async function end(deps: ConsumerDeps, { id, ...at }: Letter, as: keyof typeof ends): Promise<void> {
  await inUnit(deps, async (unit) => {
    await change(unit, id, ({ state }) => (state === 'redriving' ? ends[as] : {}));
    await forget(unit, at);
  });
  deps.metrics.count('messaging_redrives_total', { outcome: ends[as].state });
}

/** What it needs is away: its state stays, its start is taken back, the redriver comes again. */
async function later(deps: ConsumerDeps, at: Letter): Promise<RedriveEnd> {
  await inUnit(deps, (unit) => takeBackRedrive(unit, at)).catch(nothing);
  return 'later';
}

/** A handler that takes too long is its own fault. */
const isAway = (error: unknown): boolean =>
  kindOf(error) === 'unavailable' && !hasCode(error, busErrors.HANDLER_TIMEOUT.code);

async function started(deps: ConsumerDeps, at: Letter, rerun: Rerun): Promise<RedriveEnd> {
  const counted = await inUnit(deps, (unit) => countRedrive(unit, at, MOST_REDRIVE_STARTS));
  await deps.probe?.('redrive.afterStart');
  try {
    if (!counted) throw new Error(`started ${MOST_REDRIVE_STARTS} times without an end`);
    const found = await rerun.run(at.delivery);
    if (found === 'later') return await later(deps, at);
    if (found === 'waits') throw new Error('an earlier version of this aggregate is still missing');
    await end(deps, at, found);
  } catch (error) {
    if (isAway(error)) return later(deps, at);
    await back(deps, at, { ...rerun, error });
  }
  return 'ended';
}

/**
 * Runs a dead letter through its own consumer under the same message id. Its start is counted first, so one that
 * kills the process comes back at most three times; one that may do so runs while no long work is at stake.
 */
export async function redriveOne(
  deps: ConsumerDeps,
  { consumer, key: id }: AttemptKey,
  rerun: Rerun,
): Promise<RedriveEnd> {
  const row = await deps.store.collection(deadLetterRows, serviceContext(deps.service, 'redrive')).get(id);
  const at = { consumer, key: id.slice(consumer.length + 1), id, delivery: deliveryOf(row) };
  const leave = row.reason === 'ATTEMPTS_EXHAUSTED' ? await deps.turns.alone() : nothing;
  try {
    return await started(deps, at, rerun);
  } finally {
    leave();
  }
}
