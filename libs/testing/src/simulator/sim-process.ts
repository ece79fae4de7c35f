import type { Clock, Context, CrashPoint, NewId, Probe, ServiceName } from '@gts/kernel';
import type { Scheduler } from '@gts/messaging';
import { hasOpenUnit, type MemoryStore, memoryStore, type Store, storeErrors } from '@gts/persistence';
import type { Dice } from './dice';
import type { VirtualTime } from './virtual-time';

/** Thrown where a process dies inside a unit: the unit is rolled back, and nobody hears of it. */
class Crash extends Error {}

/** Points inside a unit: there a process dies by an exception, elsewhere it just never goes on. */
const INSIDE: readonly CrashPoint[] = [
  'unit.beforeCommit',
  'consumer.afterApply',
  'saga.afterStep',
  'participant.beforeComplete',
];
/** Called where nothing can be awaited. */
const AFTERWARDS: readonly CrashPoint[] = ['unit.afterCommit', 'saga.afterCommit'];

/** Timers are never slow, so that their lateness is the poller's own. */
const mayWait = (point: CrashPoint): boolean =>
  !INSIDE.includes(point) && !AFTERWARDS.includes(point) && !point.startsWith('timer.');

const never = <T>(): Promise<T> => new Promise<T>(() => undefined);

export type World = Readonly<{
  seed: number;
  time: VirtualTime;
  dice: Dice;
  newId: NewId;
  /** Chances while faults go on; all zero afterwards. */
  chaos: Chaos;
  /** What a run went through: a storm that never blew proves nothing. */
  tally: { redeliveries: number; lives: number; points: number };
  /** The crash point, counted from 1, at which a process dies for certain. */
  crashAt: number | undefined;
  /** Everything that happened to processes, for a failing seed. */
  note: (line: string) => void;
}>;
export type Chaos = {
  crash: number;
  slow: number;
  lostAck: number;
  lostPublish: number;
  /** Of commands that the broker hands out: they come again when its patience is over, behind what came later. */
  lostDelivery: number;
  election: number;
  conflict: number;
};

/**
 * One service that may die at any moment: then its timers, promises and messages in hand are gone, its rows stay.
 * Each life gets its own guarded store and scheduler; what an old life still tries reaches nothing.
 */
export class SimProcess {
  readonly rows: MemoryStore;
  #life = 0;
  #alive = false;
  #onDeath: (() => void)[] = [];

  constructor(
    readonly service: ServiceName,
    readonly world: World,
  ) {
    this.rows = memoryStore({ clock: world.time.clock });
  }

  get alive(): boolean {
    return this.#alive;
  }

  /** Begins a new life over the rows that are there. */
  begin(): Life {
    this.#life++;
    this.world.tally.lives++;
    this.#alive = true;
    this.#onDeath = [];
    return new Life(this, this.#life);
  }

  atDeath(run: () => void): void {
    this.#onDeath.push(run);
  }

  isLife(life: number): boolean {
    return this.#alive && this.#life === life;
  }

  die(where: string): void {
    if (!this.#alive) return;
    this.#alive = false;
    this.world.note(`${this.service} died at ${where}`);
    for (const run of this.#onDeath) run();
  }
}

/** What a killer does: the process is gone, and its unit with it. */
export function kill({ process }: Life, where: string): never {
  process.die(where);
  throw new Crash(where);
}

/** What one life of a process may touch. */
export class Life {
  readonly store: Store;
  readonly scheduler: Scheduler;
  readonly clock: Clock;

  constructor(
    readonly process: SimProcess,
    readonly number: number,
  ) {
    const { time } = process.world;
    const probe: Probe = (point) => this.probe(point);
    this.store = this.#guarded(process.rows.reopen({ clock: time.clock, probe }));
    this.clock = time.clock;
    this.scheduler = {
      after: (ms, run) => time.after(ms, () => this.alive && run()),
      soon: (run) => void time.after(0, () => this.alive && run()),
      nowMs: () => time.nowMs,
      random: () => process.world.dice.next(),
    };
  }

  get alive(): boolean {
    return this.process.isLife(this.number);
  }

  atDeath(run: () => void): void {
    if (this.alive) this.process.atDeath(run);
  }

  /** Where tests stop a process: it may die here, or be slow. */
  probe(point: CrashPoint): void | Promise<void> {
    const { dice, chaos, tally, crashAt } = this.process.world;
    // A relay that read nothing new has nothing to lose, and reads four times a second.
    if (this.alive && point !== 'relay.afterRead' && ++tally.points === crashAt) this.process.die(point);
    if (this.alive && dice.chance(chaos.crash)) this.process.die(point);
    if (!this.alive) return this.#end(point);
    return mayWait(point) ? this.#slow() : undefined;
  }

  /** Code of a life that is over goes no further. */
  #end(point: CrashPoint): void | Promise<void> {
    if (INSIDE.includes(point)) throw new Crash(point);
    return AFTERWARDS.includes(point) ? undefined : never();
  }

  #slow(): Promise<void> | undefined {
    const { dice, chaos, time } = this.process.world;
    return dice.chance(chaos.slow) ? time.sleep(dice.delayMs(200)) : undefined;
  }

  /** Answers only as long as this life lasts. */
  mortal<T>(work: () => Promise<T>): Promise<T> {
    if (!this.alive) return never();
    return new Promise<T>((resolve, reject) => {
      work().then(
        (value) => this.alive && resolve(value),
        (error: unknown) => this.alive && reject(error as Error),
      );
    });
  }

  /** Work of libraries loses a race now and then; callers of use cases retry by wall time, so they are spared. */
  #maybeConflict({ actor }: Context): void {
    const { dice, chaos } = this.process.world;
    if (actor.kind === 'service' && dice.chance(chaos.conflict)) throw storeErrors.VERSION_CONFLICT('simulated', '?');
  }

  #guarded(inner: MemoryStore): Store {
    const guard = <T extends object>(port: T): T => {
      const entries = Object.entries(port).map(([key, value]: [string, unknown]) => {
        if (typeof value !== 'function') return [key, value] as const;
        const call = (...args: unknown[]) =>
          this.mortal(() => Promise.resolve(Reflect.apply(value, port, args) as unknown));
        return [key, call] as const;
      });
      return Object.fromEntries(entries) as T;
    };
    return {
      ...inner,
      // Inside a unit nothing is cut off: the unit as a whole commits or not.
      collection: (def, ctx) => (hasOpenUnit(ctx) ? inner.collection(def, ctx) : guard(inner.collection(def, ctx))),
      transaction: (ctx, fn, options) => {
        if (hasOpenUnit(ctx)) return inner.transaction(ctx, fn, options);
        return this.mortal(async () => {
          this.#maybeConflict(ctx);
          return inner.transaction(ctx, fn, options);
        });
      },
      outbox: guard(inner.outbox),
      commands: guard(inner.commands),
      leases: guard(inner.leases),
      now: () => this.mortal(() => inner.now()),
      sweep: (collections) => this.mortal(() => inner.sweep(collections)),
      onOutbox: (listener) => inner.onOutbox((rows) => this.alive && listener(rows)),
    };
  }
}
