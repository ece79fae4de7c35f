import { type Context, epochMsOf, hasCode, type Instant, serviceContext } from '@gts/kernel';
import type { Stored, Unit } from '@gts/persistence';
import type { AnySaga } from './definition';
import type { HostDeps } from './host-types';
import { advance, sagaById } from './host-unit';
import { type TimerRow, timerRows } from './rows';

/** Fits a service's background: started after its consumers, stopped before them. */
export type SagaTimers = Readonly<{
  name: string;
  start(): void;
  stop(): Promise<void>;
  /** One round: fires what is due, 100 at most; returns how many. Tests call it instead of starting the poller. */
  fireDue(): Promise<number>;
}>;

const POLL_MS = 500;
/** Short, because it is given back after every round: only a poller that dies in one makes others wait. */
const LEASE_MS = 1000;
const AT_ONCE = 100;
const TRIES = 3;
const UNIT_BUDGET_MS = 10_000;

const contextAt = (now: Instant, correlationId: string): Context =>
  serviceContext('saga-timers', correlationId, epochMsOf(now) + UNIT_BUDGET_MS);

type Round = Readonly<{ lease: string; leaseEpoch: number; now: Instant }>;

async function fire(definition: AnySaga, deps: HostDeps, at: Round & { unit: Unit; due: Stored<TimerRow> }) {
  const { unit, due } = at;
  await unit.leases.verify(at.lease, at.leaseEpoch);
  // The row must still be there: whoever deletes it owns the firing.
  if (!(await unit.collection(timerRows).find(due.meta.id))) return;
  await unit.collection(timerRows).delete(due.meta.id);
  const row = await sagaById(unit, due.sagaId);
  if (row?.instance.epoch !== due.epoch) return;
  const impulse = { type: 'timer', epoch: due.epoch, kind: due.kind } as const;
  const ctx = { ...unit.ctx, tenantId: row.tenantId, traceparent: row.origin.traceparent };
  await advance(definition, deps, { unit, ctx, row, impulse, origin: row.origin });
}

async function fireOne(definition: AnySaga, deps: HostDeps, at: Round & { due: Stored<TimerRow> }): Promise<void> {
  const { due, now } = at;
  for (let attempt = 1; ; attempt++)
    try {
      const ctx = contextAt(now, due.sagaId);
      await deps.store.transaction(ctx, (unit) => fire(definition, deps, { ...at, unit }));
      const latenessMs = epochMsOf(now) - epochMsOf(due.dueAt);
      deps.observe?.({ fact: 'timer', type: definition.type, kind: due.kind, latenessMs });
      return;
    } catch (error) {
      if (attempt < TRIES && hasCode(error, 'STORE.VERSION_CONFLICT')) continue;
      // One timer that cannot fire must not hold up the others; its row stays and is tried again.
      deps.observe?.({ fact: 'timer failed', type: definition.type, error });
      return;
    }
}

async function round(definition: AnySaga, deps: HostDeps, owner: string): Promise<number> {
  const { store, probe } = deps;
  const lease = `timers/${definition.type}`;
  const now = await store.now();
  const where = { type: definition.type, dueAt: { lte: now } };
  const rows = store.collection(timerRows, contextAt(now, lease));
  const page = await rows.query({ index: 'byDue', where, limit: AT_ONCE });
  // Reading costs nothing; the lease is a write and is taken only when something is due.
  if (page.items.length === 0) return 0;
  await probe?.('timer.afterRead');
  const leaseEpoch = await store.leases.acquire(lease, owner, LEASE_MS);
  if (leaseEpoch === undefined) return 0;
  for (const due of page.items) {
    await fireOne(definition, deps, { lease, leaseEpoch, now, due });
    await probe?.('timer.afterCommit');
  }
  await store.leases.release(lease, owner, leaseEpoch);
  return page.items.length;
}

/** The poller of one saga's timers. A restarted one needs nothing else: due rows say what to do. */
export function sagaTimers(definition: AnySaga, deps: HostDeps): SagaTimers {
  const owner = deps.newId<'Owner'>();
  const { random = Math.random } = deps;
  let next: NodeJS.Timeout | undefined;
  let running: Promise<unknown> = Promise.resolve();
  const tick = async () => {
    try {
      const fired = await round(definition, deps, owner);
      schedule(fired === AT_ONCE ? 0 : POLL_MS * (0.8 + 0.4 * random()));
    } catch (error) {
      deps.observe?.({ fact: 'timer failed', type: definition.type, error });
      schedule(POLL_MS);
    }
  };
  let stopped = true;
  const schedule = (ms: number) => {
    if (!stopped) next = setTimeout(() => void (running = tick()), ms);
  };
  return {
    name: `${definition.type}-timers`,
    fireDue: () => round(definition, deps, owner),
    start: () => {
      stopped = false;
      schedule(0);
    },
    stop: async () => {
      stopped = true;
      clearTimeout(next);
      await running;
    },
  };
}
