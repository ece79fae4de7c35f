import { hasCode } from '@gts/kernel';
import type { Db } from 'mongodb';
import { storeErrors } from '../errors';
import { appliedMigrations } from '../migrations';
import { connect } from './connect';
import { translated } from './errors';
import { collectionName, librarySchema, type Schema, schemaOf, verify } from './schema';

/** A database of a service as it stands, for people who look at it from outside. */
export type MongoLook = Readonly<{
  replicaSet: string;
  members: number;
  /** `strict`: the server acknowledged by a majority and its journal, and reads see nothing less. */
  durability: 'strict' | 'relaxed';
  /** What this release keeps in every database and is not there; each as a text. */
  missing: readonly string[];
  /** Names of applied migrations that took something away. */
  contracted: readonly string[];
  /** On the disk of the server, indexes included. */
  bytes: number;
}>;
export type LookOptions = Readonly<{ url: string; withinMs: number }>;

const CONNECTIONS = 4;
const kept: readonly Schema[] = [...librarySchema, schemaOf(appliedMigrations)];
type Row = { _id: string; id: string };
const migrationsIn = (db: Db) => db.collection<Row>(collectionName(appliedMigrations));

/**
 * Looks at the database that the address names, by a connection as services open it; changes nothing.
 * @throws STORE.UNAVAILABLE where nobody answers, the server is no replica set or no majority acknowledges;
 *   STORE.ACCESS_DENIED
 */
export async function lookIntoMongo({ url, withinMs }: LookOptions): Promise<MongoLook> {
  const { client, db } = await connect({ url, appName: 'doctor', poolMax: CONNECTIONS, withinMs });
  try {
    const [hello, durability, missing, contracted, bytes] = await translated('', () =>
      Promise.all([db.command({ hello: 1 }), durabilityOf(db, withinMs), missingIn(db), contractedIn(db), bytesOf(db)]),
    );
    const { setName, hosts = [] } = hello as { setName?: string; hosts?: readonly string[] };
    return { replicaSet: setName ?? '', members: hosts.length, durability, missing, contracted, bytes };
  } finally {
    await client.close();
  }
}

/** No row has an empty id, so nothing goes; the answer comes once what was written before is safe as asked for. */
async function durabilityOf(db: Db, withinMs: number): Promise<MongoLook['durability']> {
  const { writeConcern, readConcern } = db;
  await migrationsIn(db).deleteOne({ _id: '' }, { timeoutMS: withinMs });
  const isSafe = writeConcern?.w === 'majority' && writeConcern.journal === true && readConcern?.level === 'majority';
  return isSafe ? 'strict' : 'relaxed';
}

async function missingIn(db: Db): Promise<readonly string[]> {
  const look = async (schema: Schema): Promise<string[]> => {
    try {
      await verify(db, schema);
      return [];
    } catch (error) {
      if (!hasCode(error, storeErrors.SCHEMA_MISSING.code)) throw error;
      return [(error as Error).message];
    }
  };
  return (await Promise.all(kept.map(look))).flat();
}

async function contractedIn(db: Db): Promise<readonly string[]> {
  const rows = await migrationsIn(db).find({ 'keys.phase': 'contract' }).toArray();
  return rows.map(({ id }) => id).toSorted();
}

async function bytesOf(db: Db): Promise<number> {
  const { storageSize, indexSize } = await db.command({ dbStats: 1 });
  return Number(storageSize) + Number(indexSize);
}
