import type { Clock, Context, CrashPoint, NewId, Probe, ServiceName } from '@gts/kernel';
import type { Scheduler } from '@gts/messaging';
import { hasOpenUnit, type MemoryStore, memoryStore, type Store, storeErrors } from '@gts/persistence';
import type { Dice } from './dice';
import { Crash, type Doom, ended, type Fate, holdsTimers, lengthOf, type Met, thrown } from './fates';
import type { VirtualTime } from './virtual-time';

const never = <T>(): Promise<T> => new Promise<T>(() => undefined);

export type World = Readonly<{
  seed: number;
  time: VirtualTime;
  dice: Dice;
  newId: NewId;
  /** Chances while faults go on; all zero afterwards. */
  chaos: Chaos;
  /** What a run went through: a storm that never blew proves nothing. */
  tally: { redeliveries: number; lives: number; passed: CrashPoint[]; met: Set<Met> };
  doom: Doom | undefined;
  /** Everything that happened to processes, for a failing seed. */
  note: (line: string) => void;
}>;
/** Chances; those of fates at each crash point. */
export type Chaos = Record<Fate, number> & {
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
  /** When its timers could fire again: a life began, or what had held them up went on. */
  readonly backs: number[] = [];
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
    this.backs.push(this.world.time.nowMs);
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

  /** Where tests stop a process: it may meet its fate here. */
  probe(point: CrashPoint): void | Promise<void> {
    if (!this.alive) return ended(point);
    const { dice, chaos, tally, doom } = this.process.world;
    tally.passed.push(point);
    const fate = this.#isDoomed(point) ? doom?.fate : thrown(dice, chaos, point);
    if (!fate) return undefined;
    tally.met.add(`${fate} at ${point}`);
    return this.#meet(fate, point);
  }

  #isDoomed(point: CrashPoint): boolean {
    const { doom, tally } = this.process.world;
    return doom?.point === point && tally.passed.filter((each) => each === point).length === doom.nth;
  }

  #meet(fate: Fate, point: CrashPoint): void | Promise<void> {
    const { dice, note } = this.process.world;
    if (fate === 'kill') {
      this.process.die(point);
      return ended(point);
    }
    note(`${this.process.service} meets ${fate} at ${point}`);
    if (fate === 'throw') throw new Error(`thrown at ${point}`);
    return this.#held(lengthOf(fate, dice), point);
  }

  /** Stands still; a death in between ends it at once, so that no unit stays open over the rows of the next life. */
  #held(ms: number, point: CrashPoint): Promise<void> {
    const { process } = this;
    return new Promise((resolve, reject) => {
      process.world.time.after(ms, () => {
        if (!this.alive) return;
        if (holdsTimers(process.service, point)) process.backs.push(process.world.time.nowMs);
        resolve();
      });
      this.atDeath(() => {
        try {
          void ended(point);
        } catch (crash) {
          reject(crash as Error);
        }
      });
    });
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
