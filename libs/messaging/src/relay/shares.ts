import { PARTITIONS } from '@gts/contracts';
import { isDomainError } from '@gts/kernel';
import type { Store } from '@gts/persistence';
import { LEASE_MS, renewAfterMs } from '../leases';
import type { Log, Metrics, Scheduler } from '../ports';

const PREFIX = 'relay/';

type SharesDeps = Readonly<{
  store: Store;
  /** Names this process among the replicas. */
  owner: string;
  leaseMs?: number;
  scheduler: Scheduler;
  log: Log;
  metrics: Metrics;
  gained: () => void;
  /** Nothing of this partition may be sent or marked any more. */
  lost: (partition: number) => void;
  /** Marks what is known before a partition is given back. */
  flush: () => Promise<void>;
}>;

const all = Array.from({ length: PARTITIONS }, (_, partition) => partition);
export const leaseOf = (partition: number): string => `${PREFIX}p${String(partition).padStart(2, '0')}`;
const isPartition = (name: string): boolean => /^relay\/p\d\d$/.test(name);

/** The partitions that this replica sends: the live replicas of a service share all of them evenly. */
export class Shares {
  /** Partition to the epoch of its lease. */
  readonly epochs = new Map<number, number>();
  readonly #deps: SharesDeps;
  readonly #leaseMs: number;
  #renewedMs = Number.NEGATIVE_INFINITY;
  #ticking: Promise<void> | undefined;
  #stopped = false;

  constructor(deps: SharesDeps) {
    this.#deps = deps;
    this.#leaseMs = deps.leaseMs ?? LEASE_MS;
  }

  get some(): boolean {
    return this.epochs.size > 0;
  }
  owns(partition: number): boolean {
    return this.epochs.has(partition);
  }

  /** To be called every second: renews in time, gives back what is too much, takes what is free. */
  tick(): Promise<void> {
    if (this.#stopped) return Promise.resolve();
    return (this.#ticking ??= this.#round().finally(() => (this.#ticking = undefined)));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#ticking;
    const { store, owner } = this.#deps;
    const releases = [...this.epochs].map(([partition, epoch]) =>
      store.leases.release(leaseOf(partition), owner, epoch),
    );
    this.epochs.clear();
    await Promise.allSettled([...releases, this.#leave()]);
  }

  /** Drops it without giving it back: somebody else has it. */
  drop(partition: number): void {
    if (!this.epochs.delete(partition)) return;
    this.#deps.log.info({ partition }, 'relay partition lost');
    this.#deps.lost(partition);
  }

  async #round(): Promise<void> {
    const { scheduler, log, metrics } = this.#deps;
    try {
      const due = scheduler.nowMs() - this.#renewedMs >= renewAfterMs(this.#leaseMs);
      if (due) await this.#renew();
      const held = await this.#deps.store.leases.held(PREFIX);
      const replicas = Math.max(1, held.filter((name) => !isPartition(name)).length);
      const target = Math.ceil(PARTITIONS / replicas);
      if (due && this.epochs.size > target) await this.#giveBack();
      await this.#take(new Set(held), target);
    } catch (error) {
      log.warn({ code: isDomainError(error) ? error.code : String(error) }, 'relay leases not renewed');
    }
    metrics.gauge('outbox_relay_partitions', this.epochs.size);
  }

  async #renew(): Promise<void> {
    const { store, owner, scheduler } = this.#deps;
    const startMs = scheduler.nowMs();
    this.#heartbeat = await store.leases.acquire(`${PREFIX}${owner}`, owner, this.#leaseMs);
    const held = new Map([...this.epochs].map(([partition, epoch]) => [leaseOf(partition), epoch]));
    const kept = await store.leases.renewAll(owner, held, this.#leaseMs);
    for (const partition of this.epochs.keys()) if (!kept.has(leaseOf(partition))) this.drop(partition);
    this.#renewedMs = startMs;
  }

  /** The epoch of the row that says that this replica lives. */
  #heartbeat: number | undefined;

  async #leave(): Promise<void> {
    const { store, owner } = this.#deps;
    if (this.#heartbeat !== undefined) await store.leases.release(`${PREFIX}${owner}`, owner, this.#heartbeat);
  }

  /** One a renewal: replicas that come and go do not shake everything at once. */
  async #giveBack(): Promise<void> {
    const [last] = [...this.epochs].toSorted(([a], [b]) => b - a);
    if (!last) return;
    const [partition, epoch] = last;
    const { store, owner, flush, lost } = this.#deps;
    await flush();
    this.epochs.delete(partition);
    lost(partition);
    await store.leases.release(leaseOf(partition), owner, epoch);
  }

  async #take(held: ReadonlySet<string>, target: number): Promise<void> {
    const { store, owner, log, gained } = this.#deps;
    const free = all.filter((partition) => !held.has(leaseOf(partition)) && !this.epochs.has(partition));
    const wanted = free.slice(0, Math.max(0, target - this.epochs.size));
    const taken = await Promise.all(
      wanted.map(
        async (partition) => [partition, await store.leases.acquire(leaseOf(partition), owner, this.#leaseMs)] as const,
      ),
    );
    const ours = taken.filter((each): each is readonly [number, number] => each[1] !== undefined);
    if (ours.length === 0) return;
    for (const [partition, epoch] of ours) this.epochs.set(partition, epoch);
    log.info({ partitions: [...this.epochs.keys()] }, 'relay partitions gained');
    gained();
  }
}
