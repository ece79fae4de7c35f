import { type Context, hasCode, type MessageId, type Probe } from '@gts/kernel';
import { type OutboxMark, type Store, storeErrors } from '@gts/persistence';
import { jitter, type Scheduler } from '../ports';

const GROUP = 64;
const GROUP_MS = 5;
const RETRY_MS = 500;

type MarksDeps = Readonly<{
  store: Store;
  ctx: Context;
  scheduler: Scheduler;
  probe?: Probe | undefined;
  /** Name and epoch under which this process may mark. */
  lease: () => Readonly<{ name: string; epoch: number }> | undefined;
  marked: (ids: readonly MessageId[]) => void;
  lost: () => void;
}>;

/** Writes what was learned about rows in groups, under the relay's lease. */
export class Marks {
  readonly #deps: MarksDeps;
  #pending: OutboxMark[] = [];
  #running: Promise<void> | undefined;
  #scheduled = false;

  constructor(deps: MarksDeps) {
    this.#deps = deps;
  }

  add(mark: OutboxMark): void {
    this.#pending.push(mark);
    if (this.#pending.length >= GROUP) void this.flush();
    else this.#later(GROUP_MS);
  }

  /** Forgets everything: somebody else owns the rows now. */
  clear(): void {
    this.#pending = [];
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

  async #write(group: readonly OutboxMark[]): Promise<void> {
    const { store, ctx, probe, lease } = this.#deps;
    const held = lease();
    if (!held) return;
    try {
      await store.transaction(ctx, async (unit) => {
        await unit.leases.verify(held.name, held.epoch);
        await unit.outbox.mark(group);
      });
      await probe?.('relay.afterMark');
      // A row whose attempts were noted is still in hand; only an end lets it be forgotten.
      this.#deps.marked(group.filter(({ state }) => state !== 'pending').map(({ id }) => id));
    } catch (error) {
      if (hasCode(error, storeErrors.LEASE_LOST.code)) return this.#deps.lost();
      this.#pending = [...group, ...this.#pending];
      this.#later(jitter(this.#deps.scheduler, RETRY_MS));
    }
  }
}
