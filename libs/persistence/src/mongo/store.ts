import { kindOf } from '@gts/kernel';
import type { Db } from 'mongodb';
import type { CollectionDef, NewOutboxRow, Store, StoreHealth, StoreOptions } from '../ports';
import { ownUnits, portOver } from '../port';
import { assertReplicaSet, connect, type Connected } from './connect';
import { errorOf, translated } from './errors';
import { mongoLeases } from './leases';
import { rekey, rekeyedOf, rekeyRecent } from './rekey';
import { Runner } from './runner';
import { collectionName, librarySchema, made, names, preparing, schemaOf, verify } from './schema';
import { mongoSession } from './session';
import { CLOCK, Faults, reading, rowsIn, type Via } from './via';
import { within } from './within';

/** Health is asked every 2 s. */
const HEALTH_MS = 2000;

export type MongoOptions = StoreOptions &
  Readonly<{
    /** `mongodb://user:password@host,…/<database>?replicaSet=…`; a secret. */
    url: string;
    /** Told to the server; the name of the service. */
    appName: string;
    /** Connections at most; 20 when left out. */
    poolMax?: number;
    /** Reckons store time with `clock` instead of the server's `$$NOW`; tests only. */
    clockIsStoreTime?: boolean;
  }>;

/**
 * Opens the database of one service; everything the library itself keeps is made before the first write.
 * @throws STORE.UNAVAILABLE when nobody answers, or the server is not a replica set
 */
export async function openMongoStore(options: MongoOptions): Promise<Store> {
  const { clock, url, appName, poolMax = 20, clockIsStoreTime = false, migrations = 'apply' } = options;
  const connected = await connect({ url, appName, poolMax });
  const { db } = connected;
  const library = migrations === 'apply' ? makeLibrary(db, !clockIsStoreTime) : verifyLibrary(db);
  await library.catch(closing(connected));
  const now: Via['now'] = clockIsStoreTime ? () => new Date(clock.epochMs()) : () => '$$NOW';
  return storeOn(connected, { db, now }, options);
}

const closing =
  ({ client }: Connected) =>
  async (error: unknown) => {
    await client.close();
    throw error;
  };

/** The server's broom goes by the server's clock; where a test has another one it stays away. */
async function makeLibrary(db: Db, broom: boolean): Promise<void> {
  await preparing(db, librarySchema, {
    nameOf: ({ collection }) => collection,
    work: (each) => made(db, broom ? each : { ...each, indexes: each.indexes.filter(isLasting) }),
  });
  const rows = rowsIn<{ _id: string }>({ db, now: () => '$$NOW' }, names.store);
  await translated(names.store, () => rows.updateOne({ _id: CLOCK }, { $set: {} }, { upsert: true }));
}

const isLasting = (index: object): boolean => !('expireAfterSeconds' in index);

async function verifyLibrary(db: Db): Promise<void> {
  await Promise.all(librarySchema.map((each) => verify(db, each)));
}

function storeOn({ client }: Connected, via: Via, options: MongoOptions): Store {
  const { clock, elapsedMs = () => performance.now(), rerun = false, probe } = options;
  const listeners = new Set<(rows: readonly NewOutboxRow[]) => void>();
  const ensure = ensurer(via, options.migrations ?? 'apply');
  const runner = new Runner({
    ...via,
    client,
    epochMs: () => clock.epochMs(),
    elapsedMs,
    rerun,
    probe,
    ensure,
    committed: (rows) => listeners.forEach((each) => each(rows)),
  });
  const reader = mongoSession(via, new Faults());
  return portOver({
    transact: runner.transact,
    write: ownUnits(runner.transact),
    read: async (def, work) => {
      await ensure(def);
      return work(reader);
    },
    reader,
    leases: mongoLeases(via),
    prepare: async (defs) => {
      const rekeyed = await rekeyedOf(via, defs);
      const work = (def: CollectionDef) => ensure(def, rekeyed.has(def));
      await preparing(via.db, defs, { nameOf: collectionName, work });
      await rekeyRecent(via, defs);
    },
    listeners,
    health: () => healthOf(via),
    close: async () => {
      await runner.close();
      await client.close();
    },
  });
}

/** By a read of its own: whoever may not read, or finds no primary, is not well although the server says hello. */
async function healthOf(via: Via): Promise<StoreHealth> {
  try {
    await within(HEALTH_MS, async () => {
      await assertReplicaSet(via.db);
      await rowsIn<{ _id: string }>(via, names.store).findOne({ _id: CLOCK }, reading(via));
    });
    return { ok: true, durability: 'strict' };
  } catch (error) {
    const known = errorOf('', error);
    const detail = known instanceof Error ? known.message : String(known);
    return { ok: false, detail, passing: kindOf(known) === 'unavailable', durability: 'strict' };
  }
}

/** Tells whether it had to be waited for; `rekeyed`: its keys are known to be of this release. */
type Ensure = (def: CollectionDef, rekeyed?: boolean) => Promise<boolean>;

/** Makes what a collection needs, or looks for it, once a process and outside of every transaction. */
function ensurer(via: Via, mode: 'apply' | 'verify'): Ensure {
  const there = new WeakSet<CollectionDef>();
  const making = new WeakMap<CollectionDef, Promise<void>>();
  const make = async (def: CollectionDef, rekeyed: boolean) => {
    await (mode === 'verify' ? verify : made)(via.db, schemaOf(def));
    if (mode === 'apply' && !rekeyed) await rekey(via, def);
    there.add(def);
  };
  return async (def, rekeyed = false) => {
    if (there.has(def)) return false;
    const running = making.get(def) ?? make(def, rekeyed);
    making.set(def, running);
    await running.finally(() => making.delete(def));
    return true;
  };
}
