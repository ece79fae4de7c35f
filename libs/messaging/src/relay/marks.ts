import { type Context, hasCode, type MessageId, type Probe } from '@gts/kernel';
import { type OutboxMark, type Store, storeErrors } from '@gts/persistence';
import { jitter, type Scheduler } from '../ports';
import { leaseOf } from './shares';

const GROUP = 64;
const GROUP_MS = 5;
const RETRY_MS = 500;

type MarksDeps = Readonly<{
  store: Store;
  ctx: Context;
  scheduler: Scheduler;
  probe?: Probe | undefined;
  /** Partitions that this process may mark, with the epochs of their leases. */
  epochs: ReadonlyMap<number, number>;
  marked: (ids: readonly MessageId[]) => void;
  lost: (partition: number) => void;
}>;
type Entry = Readonly<{ mark: OutboxMark; partition: number }>;

/** Writes what was learned about rows in groups, under the leases of their partitions. */
export class Marks {
  readonly #deps: MarksDeps;
  #pending: Entry[] = [];
  #running: Promise<void> | undefined;
  #scheduled = false;

  constructor(deps: MarksDeps) {
    this.#deps = deps;
  }

  add(partition: number, mark: OutboxMark): void {
    this.#pending.push({ mark, partition });
    if (this.#pending.length >= GROUP) void this.flush();
    else this.#later(GROUP_MS);
  }

  /** Forgets all of one partition: somebody else owns its rows now. */
  leave(partition: number): void {
    this.#pending = this.#pending.filter((each) => each.partition !== partition);
  }

  async flush(): Promise<void> {
    while (this.#running) await this.#running;
    if (this.#pending.length === 0) return;
    const group = this.#pending;
    this.#pending = [];
    this.#running = this.#write(group).finally(() => (this.#running = undefined));
    await this.#running;
  }

  #later(ms: number): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#deps.scheduler.after(ms, () => {
      this.#scheduled = false;
      void this.flush();
    });
  }

  async #write(entries: readonly Entry[]): Promise<void> {
    const { store, ctx, probe, epochs } = this.#deps;
    // What was left in between is another's to mark.
    const group = entries.filter(({ partition }) => epochs.has(partition));
    const held = heldBy(group, epochs);
    if (group.length === 0) return;
    try {
      await store.transaction(ctx, async (unit) => {
        await unit.leases.verifyAll(held);
        await unit.outbox.mark(group.map(({ mark }) => mark));
      });
      await probe?.('relay.afterMark');
      // A row whose attempts were noted is still in hand; only an end lets it be forgotten.
      this.#deps.marked(group.flatMap(({ mark }) => (mark.state === 'pending' ? [] : [mark.id])));
    } catch (error) {
      this.#pending = [...group, ...this.#pending];
      if (hasCode(error, storeErrors.LEASE_LOST.code)) return this.#lose(error.details?.['names']);
      this.#later(jitter(this.#deps.scheduler, RETRY_MS));
    }
  }

  /** The others of the group are still ours to mark. */
  #lose(names: unknown): void {
    const lost = new Set<unknown>(Array.isArray(names) ? names : []);
    for (const partition of this.#deps.epochs.keys()) if (lost.has(leaseOf(partition))) this.#deps.lost(partition);
    this.#later(GROUP_MS);
  }
}

const heldBy = (group: readonly Entry[], epochs: ReadonlyMap<number, number>): ReadonlyMap<string, number> =>
  new Map(group.map(({ partition }) => [leaseOf(partition), epochs.get(partition) ?? -1]));
