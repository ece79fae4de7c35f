import { join } from 'node:path';
import { hasCode, kindOf } from '@gts/kernel';
import { messagingCollections, serviceContext } from '@gts/messaging';
import {
  type CollectionDef,
  migrate,
  type Migration,
  openStore,
  type Store,
  storeErrors,
  verifyMigrated,
} from '@gts/persistence';
import { sagaCollections } from '@gts/saga';
import type { Readiness } from './readiness';
import type { ProcessParts } from './process';
import type { CommonSettings } from './settings';
import { untilThere, wait } from './waiting';

type Parts<C> = Pick<ProcessParts<C>, 'config' | 'service' | 'clock' | 'newId' | 'probe' | 'logger'> &
  Readonly<{ readiness: Pick<Readiness, 'set'> }>;

/** What a service says of its store. */
export type StoreSpec = Readonly<{
  /** All that the service's store keeps: made before the first write, and rows go by their rules, used or not. */
  collections: readonly CollectionDef[];
  /** What changes in rows that are there, in order; by a start or by the job before it, as `MIGRATIONS` says. */
  migrations?: readonly Migration[];
}>;

/** What a service's store keeps: its own rows and those of the libraries. */
export const keptBy = (collections: readonly CollectionDef[]): readonly CollectionDef[] => [
  ...messagingCollections,
  ...sagaCollections,
  ...collections,
];

export const storeUrl = ({ STORE_URL, GTS_DATA_DIR }: CommonSettings): string =>
  STORE_URL ?? `file:${join(GTS_DATA_DIR, 'store')}`;

/** The store of a service with everything in it that this release needs, or with the word of who makes it. */
async function openMigrated<C extends CommonSettings>(
  { config, service, clock, newId, probe }: Parts<C>,
  { collections, migrations = [] }: StoreSpec,
): Promise<Store> {
  const { MIGRATIONS: mode, SQLITE_SYNC: sync, STORE_POOL_MAX: poolMax } = config;
  const store = await openStore({
    url: storeUrl(config),
    service,
    clock,
    sync,
    poolMax,
    migrations: mode,
    ...(probe && { probe }),
  });
  const all = { store, ctx: serviceContext(service, 'migrate'), collections: keptBy(collections) };
  try {
    if (mode === 'apply') await migrate({ ...all, owner: newId<'Process'>() }, migrations);
    else await verifyMigrated(all, migrations);
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** Waits for the store and for what another process makes in it; readiness says for what. */
export function ensureStore<C extends CommonSettings>(parts: Parts<C>, spec: StoreSpec): Promise<Store> {
  const { readiness, logger: log } = parts;
  return untilThere({
    part: 'store',
    work: () => openMigrated(parts, spec),
    hopeless: (error) => kindOf(error) !== 'unavailable' && !hasCode(error, storeErrors.ACCESS_DENIED.code),
    readiness,
    log,
    wait,
  });
}
