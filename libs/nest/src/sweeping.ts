import { durationMs, instantOf } from '@gts/kernel';
import { type Cancel, repeat, type Scheduler, systemScheduler } from '@gts/messaging';
import type { Metrics } from '@gts/observability';
import type { CollectionDef } from '@gts/persistence';
import { keptBy } from './open-store';
import type { Background, Infrastructure } from './service';

const EVERY_MS = durationMs('10m');
const LEASE_MS = durationMs('5m');
const KEPT_MS = durationMs('14d');
const PAGE = 500;
/** Of its own name: services have sweeps, too. */
const LEASE = 'library-sweep';

type Deps = Readonly<{
  infra: Pick<Infrastructure<unknown>, 'store' | 'clock' | 'logger'>;
  owner: string;
  metrics: Pick<Metrics, 'count'>;
  /** Of the service; those of the libraries are known here. */
  collections: readonly CollectionDef[];
  scheduler?: Scheduler;
}>;

/** Removes what has expired from a service's store: one replica at a time, a page after another. */
export function sweeping({ infra, owner, metrics, collections, scheduler = systemScheduler }: Deps): Background {
  const { store, clock, logger } = infra;
  const kept = keptBy(collections);
  let cancel: Cancel = () => undefined;
  const tell = (removed: Readonly<Record<string, number>>) => {
    for (const [rows, count] of Object.entries(removed)) metrics.count('store_swept_rows_total', { rows }, count);
    if (Object.keys(removed).length > 0) logger.info({ removed }, 'swept');
  };
  const sweep = async () => {
    const epoch = await store.leases.acquire(LEASE, owner, LEASE_MS);
    if (epoch === undefined) return;
    const before = instantOf(clock.epochMs() - KEPT_MS);
    const removed = await store.sweep(kept);
    let outbox = 0;
    for (let page = PAGE; page === PAGE; outbox += page) page = await store.outbox.purgePublished(before, PAGE);
    await store.leases.release(LEASE, owner, epoch);
    tell({ ...removed, ...(outbox > 0 && { outbox }) });
  };
  const round = () => sweep().catch((err: unknown) => logger.warn({ err }, 'the sweep failed and will be tried again'));
  return {
    name: 'sweep',
    start: () => void (cancel = repeat(scheduler, () => EVERY_MS, round)),
    stop: () => Promise.resolve(cancel()),
  };
}
