import type { Context, Probe } from '@gts/kernel';
import { secondUnits } from './command-row';
import { storeErrors } from './errors';
import type { CollectionDef, NewOutboxRow, Unit } from './ports';
import type { Engine } from './session';
import { UnitCore } from './unit-core';
import { flush, quietly } from './unit-end';
import { unitView } from './unit-view';

const MOST_WAITING = 1000;
const MOST_TOGETHER = 64;
/** A shared transaction ends early rather than hold the event loop; between two of them the loop may turn. */
const LONGEST_MS = 8;

export type QueueOptions = Readonly<{
  epochMs: () => number;
  /** Monotonic; bounds what shares a commit. */
  elapsedMs: () => number;
  rerun: boolean;
  probe: Probe | undefined;
  /** Makes what a collection needs, inside the open transaction. */
  ensure: (def: CollectionDef) => void;
  /** Told after each commit. */
  committed: (rows: readonly NewOutboxRow[]) => void;
}>;
type Job = {
  readonly ctx: Context;
  readonly timeoutMs: number;
  readonly fn: (unit: Unit) => Promise<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
};
/** A refusal waits for the commit too: what refused it may be a neighbour that is not committed yet. */
type Done = Readonly<{ job: Job }> & (Readonly<{ value: unknown; core: UnitCore }> | Readonly<{ refusal: unknown }>);
type Ask<R> = Readonly<{ fn: (unit: Unit) => Promise<R>; timeoutMs: number }>;

/** One writer: units wait in order and share a commit, each behind its own mark, so that one may fail alone. */
export class WriterQueue {
  readonly #waiting: Job[] = [];
  readonly #second = secondUnits();
  #running: Promise<void> | undefined;
  #closed = false;

  constructor(
    readonly engine: Engine,
    readonly options: QueueOptions,
  ) {}

  get depth(): number {
    return this.#waiting.length;
  }
  get idle(): boolean {
    return this.#running === undefined;
  }

  submit<R>(ctx: Context, { fn, timeoutMs }: Ask<R>): Promise<R> {
    if (this.#closed) return Promise.reject(storeErrors.CLOSED());
    if (this.#waiting.length >= MOST_WAITING) return Promise.reject(storeErrors.BUSY.with({ retryAfterMs: 1000 }));
    return new Promise<R>((resolve, reject) => {
      this.#waiting.push({ ctx, fn, timeoutMs, resolve: resolve as Job['resolve'], reject });
      this.#running ??= this.#drain();
    });
  }

  /** Refuses new units and waits for those that were accepted. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
  }

  async #drain(): Promise<void> {
    // One turn of grace: units that are opened in the same tick share the first commit.
    await Promise.resolve();
    let turned = this.options.elapsedMs();
    while (this.#waiting.length > 0) {
      await this.#group();
      if (this.options.elapsedMs() - turned < LONGEST_MS || !this.engine.turn) continue;
      await this.engine.turn();
      turned = this.options.elapsedMs();
    }
    this.#running = undefined;
  }

  async #group(): Promise<void> {
    const done: Done[] = [];
    try {
      this.engine.begin();
    } catch (error) {
      this.#waiting.shift()?.reject(error);
      return;
    }
    try {
      await this.#runTogether(done);
      await this.options.probe?.('unit.beforeCommit');
      this.engine.commit();
    } catch (error) {
      this.#abandon(done, error);
      return;
    }
    await this.#settle(done);
  }

  async #runTogether(done: Done[]): Promise<void> {
    const { elapsedMs } = this.options;
    const started = elapsedMs();
    for (let count = 0; count < MOST_TOGETHER && elapsedMs() - started < LONGEST_MS; count += 1) {
      const job = this.#waiting.shift();
      if (!job) return;
      done.push(await this.#one(job));
    }
  }

  #abandon(done: readonly Done[], error: unknown): void {
    this.engine.rollback();
    for (const each of done) each.job.reject('refusal' in each ? each.refusal : error);
  }

  async #settle(done: readonly Done[]): Promise<void> {
    try {
      await this.options.probe?.('unit.afterCommit');
    } catch (error) {
      for (const { job } of done) job.reject(error);
      return;
    }
    for (const each of done) {
      if ('refusal' in each) each.job.reject(each.refusal);
      else this.#succeed(each.core, () => each.job.resolve(each.value));
    }
  }

  #succeed(core: UnitCore, resolve: () => void): void {
    this.#second.note(core);
    for (const action of core.actions) quietly(action);
    if (core.rows.length > 0) quietly(() => this.options.committed(core.rows));
    resolve();
  }

  async #one(job: Job): Promise<Done> {
    try {
      this.#second.refuse(job.ctx);
      if (this.options.rerun) await this.#rehearse(job);
      const { core, value } = await this.#attempt(job);
      this.engine.release();
      return { job, value, core };
    } catch (refusal) {
      return { job, refusal };
    }
  }

  /** Runs the unit for nothing: what happens next must not depend on it. */
  async #rehearse(job: Job): Promise<void> {
    try {
      await this.#attempt(job);
    } catch {
      return; // The real run fails the same way, and says so; the mark is rolled back already.
    }
    this.engine.rollbackToMark();
  }

  async #attempt({ ctx, fn, timeoutMs }: Job): Promise<{ core: UnitCore; value: unknown }> {
    const { engine, options } = this;
    const { epochMs, ensure } = options;
    const core = new UnitCore({ ctx, session: engine.writer, startedMs: epochMs(), timeoutMs, epochMs, ensure });
    engine.mark();
    try {
      const value = await untilForeign(fn, unitView(core, ctx));
      core.assertUsable();
      await flush(core, value);
      core.open = false;
      return { core, value };
    } catch (error) {
      core.open = false;
      engine.rollbackToMark();
      throw error;
    }
  }
}

/** Settles with `fn`, or refuses as soon as the event loop turns: then something else than the store was awaited. */
function untilForeign(fn: (unit: Unit) => Promise<unknown>, unit: Unit): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const alarm = setImmediate(() => reject(storeErrors.FOREIGN_AWAIT_IN_UNIT('the event loop turned inside it')));
    const settle = (then: () => void) => {
      clearImmediate(alarm);
      then();
    };
    fn(unit).then(
      (value) => settle(() => resolve(value)),
      (error: Error) => settle(() => reject(error)),
    );
  });
}
