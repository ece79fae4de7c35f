import { setTimeout as pause } from 'node:timers/promises';
import type { Context } from '@gts/kernel';
import { z } from 'zod';
import { collection } from './collection';
import { storeErrors } from './errors';
import type { CollectionDef, Store, Stored, Unit } from './ports';

/**
 * `expand` adds what the release before may ignore; `contract` takes away, in a later release only.
 * `up` may be cut off and run again: write it so that a second run does no harm, `backfill` helps.
 */
export type Migration = Readonly<{
  /** `NNNN-name`; they run in this order. */
  name: string;
  phase: 'expand' | 'contract';
  /**
   * From 1, raised by whoever changes what an unreleased migration does: a store that has another one refuses. The text
   * of `up` cannot tell, every build prints it differently.
   */
  revision: number;
  up: (store: Store, ctx: Context) => Promise<void>;
}>;

const LEASE = 'migrate';
const LEASE_MS = 60_000;
const POLL_MS = 250;
const PAGE = 500;

/** What stands in a store of the migrations that it has seen. */
export const appliedMigrations = collection('migrations', {
  schema: z.object({ phase: z.enum(['expand', 'contract']), revision: z.int().min(1) }),
  scope: 'global',
  indexes: { byPhase: { fields: ['phase'] } },
});

export type Migrating = Readonly<{
  store: Store;
  ctx: Context;
  owner: string;
  /** What the store must hold before the first write. */
  collections?: readonly CollectionDef[];
}>;

/**
 * Makes the collections, then applies what is missing, in order, one process at a time.
 * @throws STORE.MIGRATION_REFUSED when an applied one changed, or the store went further than this release knows
 */
export async function migrate(
  { store, ctx, owner, collections = [] }: Migrating,
  migrations: readonly Migration[],
): Promise<readonly string[]> {
  assertOrder(migrations);
  let epoch = await store.leases.acquire(LEASE, owner, LEASE_MS);
  for (; epoch === undefined; epoch = await store.leases.acquire(LEASE, owner, LEASE_MS)) await pause(POLL_MS);
  try {
    await store.prepare([appliedMigrations, ...collections]);
    await assertKnown(store, ctx, migrations);
    const ran: string[] = [];
    for (const migration of migrations) if (await apply({ store, ctx, epoch }, migration)) ran.push(migration.name);
    return ran;
  } finally {
    await store.leases.release(LEASE, owner, epoch);
  }
}

/**
 * Looks only: another process migrates.
 * @throws STORE.SCHEMA_MISSING naming what is not there yet, STORE.MIGRATION_REFUSED as `migrate`
 */
export async function verifyMigrated(
  { store, ctx, collections = [] }: Omit<Migrating, 'owner'>,
  migrations: readonly Migration[],
): Promise<void> {
  assertOrder(migrations);
  await store.prepare([appliedMigrations, ...collections]);
  await assertKnown(store, ctx, migrations);
  for (const migration of migrations)
    if (!(await isApplied(store, ctx, migration))) throw storeErrors.SCHEMA_MISSING(migration.name);
}

function assertOrder(migrations: readonly Migration[]): void {
  const names = migrations.map(({ name }) => name);
  const wrong = names.find((name, at) => !/^\d{4}-[a-z0-9-]+$/.test(name) || name.slice(0, 4) <= (names[at - 1] ?? ''));
  if (wrong !== undefined) throw storeErrors.MIGRATION_REFUSED(`${wrong} is not NNNN-name in rising order`);
}

async function assertKnown(store: Store, ctx: Context, migrations: readonly Migration[]): Promise<void> {
  const known = new Set(migrations.map(({ name }) => name));
  const query = { index: 'byPhase', where: { phase: 'contract' }, limit: 200 } as const;
  const { items } = await store.collection(appliedMigrations, ctx).query(query);
  const unknown = items.find(({ meta }) => !known.has(meta.id));
  if (unknown) throw storeErrors.MIGRATION_REFUSED(`${unknown.meta.id} removed what this release still uses`);
}

type Run = Readonly<{ store: Store; ctx: Context; epoch: number }>;

async function isApplied(store: Store, ctx: Context, migration: Migration): Promise<boolean> {
  const row = await store.collection(appliedMigrations, ctx).find(migration.name);
  if (row && (row.phase !== migration.phase || row.revision !== migration.revision))
    throw storeErrors.MIGRATION_REFUSED(`${migration.name} was changed after it was applied`);
  return row !== undefined;
}

async function apply({ store, ctx, epoch }: Run, migration: Migration): Promise<boolean> {
  if (await isApplied(store, ctx, migration)) return false;
  const { name, phase, revision } = migration;
  await migration.up(store, ctx);
  await store.transaction(ctx, async (unit) => {
    await unit.leases.verify(LEASE, epoch);
    await unit.collection(appliedMigrations).insert(name, { phase, revision });
  });
  return true;
}

/** Visits all documents of all tenants in pages of 500, a unit each: for filling in what a migration adds. */
export async function backfill<T>(
  { store, ctx, collection: def }: { store: Store; ctx: Context; collection: CollectionDef<T> },
  each: (document: Stored<T>, unit: Unit) => Promise<void>,
): Promise<void> {
  let after: string | undefined;
  do {
    const page = await store.scan(def, { limit: PAGE, after });
    await store.transaction(ctx, async (unit) => {
      for (const document of page.items) await each(document, unit.as(document.meta.tenantId));
    });
    after = page.next ?? undefined;
  } while (after !== undefined);
}
