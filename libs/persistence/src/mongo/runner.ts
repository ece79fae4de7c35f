import { setTimeout as pause } from 'node:timers/promises';
import type { Context, Probe } from '@gts/kernel';
import type { ClientSession, Db, MongoClient } from 'mongodb';
import { secondUnits } from '../command-row';
import { storeErrors } from '../errors';
import type { CollectionDef, NewOutboxRow, TransactionOptions, Unit } from '../ports';
import { UnitCore } from '../unit-core';
import { flush, quietly } from '../unit-end';
import { unitView } from '../unit-view';
import { errorOf, isPassing, isUnknownCommit } from './errors';
import { mongoSession } from './session';
import { Turns } from './turns';
import { Faults, type Via } from './via';
import { isLate, within } from './within';

const MOST_OPEN = 1000;
const DEFAULT_TIMEOUT_MS = 10_000;
/** As long as a unit that lost a race is run again. */
const REPEAT_MS = 10_000;
const JITTER_MS = 20;
/** As long as a unit waits to hear that it was rolled back; the server does it in any case. */
const ABORT_MS = 1000;
const unitOptions = {
  readConcern: { level: 'snapshot' },
  writeConcern: { w: 'majority', journal: true },
  readPreference: 'primary',
} as const;

export type RunnerOptions = Readonly<{
  client: MongoClient;
  db: Db;
  now: Via['now'];
  epochMs: () => number;
  /** Monotonic. */
  elapsedMs: () => number;
  rerun: boolean;
  probe: Probe | undefined;
  /** Whether the collection was not there when it was asked for. */
  ensure: (def: CollectionDef) => Promise<boolean>;
  committed: (rows: readonly NewOutboxRow[]) => void;
}>;
type Job<R> = Readonly<{ ctx: Context; fn: (unit: Unit) => Promise<R>; timeoutMs: number; batch: boolean }>;
type Outcome<R> = Readonly<{ value: R; core: UnitCore } | { passing: string; error: unknown }>;

/** Units side by side, each in a transaction of its own; one that lost a race runs again as a whole. */
export class Runner {
  readonly #second = secondUnits();
  readonly #turns = new Turns();
  readonly #open = new Set<Promise<unknown>>();
  #closed = false;

  constructor(readonly options: RunnerOptions) {}

  transact = <R>(ctx: Context, fn: (unit: Unit) => Promise<R>, o: TransactionOptions = {}): Promise<R> => {
    if (this.#closed) return Promise.reject(storeErrors.CLOSED());
    if (this.#open.size >= MOST_OPEN) return Promise.reject(storeErrors.BUSY.with({ retryAfterMs: 1000 }));
    const { timeoutMs = DEFAULT_TIMEOUT_MS, batch = false } = o;
    const running = this.#run({ ctx, fn, timeoutMs, batch });
    this.#open.add(running);
    const ended = () => void this.#open.delete(running);
    running.then(ended, ended);
    return running;
  };

  /** Refuses new units and waits for those that run. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#open);
  }

  async #run<R>(job: Job<R>): Promise<R> {
    this.#second.refuse(job.ctx);
    if (this.options.rerun) await this.#attempt(job, false).catch(() => undefined);
    const { value, core } = await this.#untilDone(job);
    await this.options.probe?.('unit.afterCommit');
    this.#second.note(core);
    for (const action of core.actions) quietly(action);
    if (core.rows.length > 0) quietly(() => this.options.committed(core.rows));
    return value;
  }

  async #untilDone<R>(job: Job<R>): Promise<{ value: R; core: UnitCore }> {
    const deadline = this.options.elapsedMs() + REPEAT_MS;
    const first = await this.#attempt(job, true);
    if ('core' in first) return first;
    // Those who want the same thing stop racing each other in this process: one after the other.
    return this.#turns.run(first.passing, async () => {
      let { error } = first;
      while (this.options.elapsedMs() < deadline) {
        const again = await this.#attempt(job, true);
        if ('core' in again) return again;
        ({ error } = again);
        await pause(Math.random() * JITTER_MS);
      }
      throw errorOf('', error);
    });
  }

  async #attempt<R>({ ctx, fn, timeoutMs, batch }: Job<R>, keep: boolean): Promise<Outcome<R>> {
    const { client, db, now, epochMs, probe } = this.options;
    const session = client.startSession();
    const faults = new Faults(this.#left(timeoutMs));
    const ensure = (def: CollectionDef) => this.#ensure(def, faults);
    const own = mongoSession({ db, session, now }, faults, batch);
    const core = new UnitCore({ ctx, session: own, startedMs: epochMs(), timeoutMs, epochMs, ensure });
    try {
      session.startTransaction(unitOptions);
      const value = await fn(unitView(core, ctx));
      core.assertUsable();
      await own.flush();
      await flush(core, value);
      core.open = false;
      if (!keep) return { value, core };
      await probe?.('unit.beforeCommit');
      await this.#commit(session, timeoutMs);
      return { value, core };
    } catch (error) {
      const passing = faults.passing ?? (isPassing(error) ? 'commit' : undefined);
      if (passing === undefined) throw errorOf('', error);
      return { passing, error };
    } finally {
      core.open = false;
      await within(ABORT_MS, () => ended(session)).catch(() => undefined);
    }
  }

  /** What is made while a unit runs lies outside of the state that it sees: the unit begins anew. */
  async #ensure(def: CollectionDef, faults: Faults): Promise<void> {
    if (!(await this.options.ensure(def))) return;
    faults.passing ??= 'schema';
    throw storeErrors.BUSY.with({ retryAfterMs: 1000 });
  }

  #left(timeoutMs: number): () => number {
    const deadline = this.options.elapsedMs() + timeoutMs;
    return () => Math.max(0, deadline - this.options.elapsedMs());
  }

  /** Asks again while nobody can say whether it took place; after that the outcome is unknown. */
  async #commit(session: ClientSession, timeoutMs: number): Promise<void> {
    const left = this.#left(timeoutMs);
    for (;;)
      try {
        return await within(left(), () => session.commitTransaction());
      } catch (error) {
        if (!isUnknownCommit(error) && !isLate(error)) throw error;
        if (left() > 0) {
          await pause(Math.random() * JITTER_MS);
          continue;
        }
        const details = { outcome: 'unknown' };
        throw storeErrors.UNAVAILABLE.with({ cause: error, details, retryAfterMs: 1000 }, 'the outcome is unknown');
      }
  }
}

async function ended(session: ClientSession): Promise<void> {
  if (session.inTransaction()) await session.abortTransaction().catch(() => undefined);
  await session.endSession();
}
