import type { Db, MongoClient } from 'mongodb';
import { storeErrors } from '../errors';
import { errorOf } from './errors';

export type ConnectOptions = Readonly<{ url: string; appName: string; poolMax: number; withinMs?: number }>;
export type Connected = Readonly<{ client: MongoClient; db: Db }>;

/** Set here and never taken from the address: what a unit promises does not depend on how somebody wrote a URL. */
const promises = {
  writeConcern: { w: 'majority', journal: true },
  readConcern: { level: 'majority' },
  readPreference: 'primary',
  retryWrites: true,
  retryReads: true,
} as const;
const WITHIN_MS = 5000;

/**
 * Connects to the database that the address names.
 * @throws STORE.UNAVAILABLE when nobody answers in time (5 s unless told), or the server is not a replica set of MongoDB 7.0 or newer
 */
export async function connect({ url, appName, poolMax, withinMs = WITHIN_MS }: ConnectOptions): Promise<Connected> {
  // Loaded here: whoever keeps SQLite files never pays for the driver.
  const { MongoClient, ReadConcern } = await import('mongodb');
  const name = databaseOf(url);
  const client = new MongoClient(url, {
    ...promises,
    serverSelectionTimeoutMS: withinMs,
    connectTimeoutMS: withinMs,
    appName,
    maxPoolSize: poolMax,
    minPoolSize: Math.min(2, poolMax),
  });
  try {
    // Once more: what an address says about reading and the journal would win over the client's.
    const { writeConcern, readPreference } = promises;
    const db = client.db(name, { writeConcern, readPreference, readConcern: new ReadConcern('majority') });
    await assertReplicaSet(db);
    return { client, db };
  } catch (error) {
    await client.close().catch(() => undefined);
    throw errorOf('', error);
  }
}

/** What a server of 7.0 speaks. */
const OLDEST_WIRE_VERSION = 21;

/** Transactions need a replica set, be it of one node. @throws STORE.UNAVAILABLE */
export async function assertReplicaSet(db: Db): Promise<void> {
  const hello = await db.command({ hello: 1 });
  if (typeof hello['setName'] !== 'string') throw storeErrors.UNAVAILABLE('not a replica set');
  if (Number(hello['maxWireVersion']) < OLDEST_WIRE_VERSION) throw storeErrors.UNAVAILABLE('older than MongoDB 7.0');
}

function databaseOf(url: string): string {
  const name = /^mongodb(?:\+srv)?:\/\/[^/]+\/([^?]+)/.exec(url)?.[1];
  if (name === undefined) throw storeErrors.UNAVAILABLE('the address names no database');
  return decodeURIComponent(name);
}
