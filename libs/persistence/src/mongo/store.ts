import type { Db } from 'mongodb';
import type { CollectionDef, NewOutboxRow, Store, StoreHealth, StoreOptions } from '../ports';
import { ownUnits, portOver } from '../port';
import { assertReplicaSet, connect, type Connected } from './connect';
import { errorOf, translated } from './errors';
import { mongoLeases } from './leases';
import { rekey } from './rekey';
import { Runner } from './runner';
import { librarySchema, make, names, schemaOf } from './schema';
import { mongoSession } from './session';
import { CLOCK, Faults, rowsIn, type Via } from './via';

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
  const { clock, url, appName, poolMax = 20, clockIsStoreTime = false } = options;
  const connected = await connect({ url, appName, poolMax });
  const { db } = connected;
  await makeLibrary(db).catch(closing(connected));
  const now: Via['now'] = clockIsStoreTime ? () => new Date(clock.epochMs()) : () => '$$NOW';
  return storeOn(connected, { db, now }, options);
}

const closing =
  ({ client }: Connected) =>
  async (error: unknown) => {
    await client.close();
    throw error;
  };

async function makeLibrary(db: Db): Promise<void> {
  for (const each of librarySchema) await make(db, each);
  const rows = rowsIn<{ _id: string }>({ db, now: () => '$$NOW' }, names.store);
  await translated(names.store, () => rows.updateOne({ _id: CLOCK }, { $set: {} }, { upsert: true }));
}

function storeOn({ client, db }: Connected, via: Via, options: MongoOptions): Store {
  const { clock, elapsedMs = () => performance.now(), rerun = false, probe } = options;
  const listeners = new Set<(rows: readonly NewOutboxRow[]) => void>();
  const ensure = ensurer(via);
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
      for (const def of defs) await ensure(def);
    },
    listeners,
    health: () => healthOf(db),
    close: async () => {
      await runner.close();
      await client.close();
    },
  });
}

async function healthOf(db: Db): Promise<StoreHealth> {
  try {
    await assertReplicaSet(db);
    return { ok: true, durability: 'strict' };
  } catch (error) {
    const detail = String((errorOf('', error) as Error).message);
    return { ok: false, detail, durability: 'strict' };
  }
}

/** Makes what a collection needs, once a process and outside of every transaction. */
function ensurer(via: Via): (def: CollectionDef) => Promise<void> {
  const made = new WeakMap<CollectionDef, Promise<void>>();
  return (def) => {
    let making = made.get(def);
    if (!making) {
      making = make(via.db, schemaOf(def)).then(() => rekey(via, def));
      made.set(def, making);
      making.catch(() => made.delete(def));
    }
    return making;
  };
}
