import { createHash } from 'node:crypto';
import { durationMs, type Duration } from '@gts/kernel';
import type { CreateIndexesOptions, Db, IndexSpecification } from 'mongodb';
import { storeErrors } from '../errors';
import { fieldOf } from '../plan';
import type { CollectionDef, IndexDef, IndexField, PurgeRule } from '../ports';
import { translated } from './errors';

type Spec = Readonly<{ key: Record<string, 1>; name: string } & Omit<CreateIndexesOptions, 'name' | 'session'>>;
export type Schema = Readonly<{ collection: string; indexes: readonly Spec[] }>;

const NAMESPACE_NOT_FOUND = 26;
const NAMESPACE_EXISTS = 48;
const seconds = (text: Duration): number => durationMs(text) / 1000;
const ascending = (...names: string[]): Record<string, 1> => Object.fromEntries(names.map((name) => [name, 1]));
export const digestOf = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 8);

/** Collections of the library; documents lie under `c_<name>`. */
export const names = {
  outbox: 'outbox',
  inbox: 'inbox',
  commands: 'commands',
  leases: 'leases',
  store: 'store',
} as const;
export const collectionName = ({ name }: CollectionDef): string => `c_${name}`;

/** Time to live is a broom for rows that no rule asks for any more; the leased sweep does not wait for it. */
export const librarySchema: readonly Schema[] = [
  {
    collection: names.outbox,
    indexes: [
      { name: 'order', key: ascending('orderKey', 'orderSeq'), unique: true },
      { name: 'due', key: ascending('createdAt', '_id'), partialFilterExpression: { state: 'pending' } },
      {
        name: 'heads',
        key: ascending('orderKey', 'state', 'orderSeq'),
        partialFilterExpression: { state: { $in: ['pending', 'quarantined'] } },
      },
      { name: 'state', key: ascending('state', '_id') },
      { name: 'done', key: ascending('publishedAt', 'orderKey', 'orderSeq') },
      { name: 'old', key: ascending('publishedAt'), expireAfterSeconds: seconds('14d') },
    ],
  },
  { collection: names.inbox, indexes: [{ name: 'old', key: ascending('at'), expireAfterSeconds: seconds('45d') }] },
  { collection: names.commands, indexes: [{ name: 'old', key: ascending('at'), expireAfterSeconds: seconds('24h') }] },
  { collection: names.leases, indexes: [] },
  { collection: names.store, indexes: [] },
];

/** Where the computed key of a field lies; folded ones beside the plain ones. */
export const keyPath = ({ field, normalise }: { field: string; normalise: boolean }): string =>
  `keys.${nameIn(field)}${normalise ? ':folded' : ''}`;
export const listPath = (field: string): string => `lists.${nameIn(field)}`;

/** Names of fields come from code; those that MongoDB reads as paths or operators are not ours. */
function nameIn(field: string): string {
  if (/[.$]/.test(field)) throw new Error(`not a name for an indexed field: ${field}`);
  return field;
}

const plain = (field: string) => ({ field, normalise: false });
const pathsOf = (fields: readonly IndexField[]): string[] => fields.map((each) => keyPath(fieldOf(each)));

/** What a collection needs: an index per declared one, one more where it is unique, one per rule of retention. */
export function schemaOf(def: CollectionDef): Schema {
  const declared = Object.entries(def.indexes).flatMap(([name, index]) => indexesOf(name, index));
  return { collection: collectionName(def), indexes: [...declared, ...def.purges.map(purgeIndex)] };
}

function indexesOf(name: string, { fields, has, unique }: IndexDef): Spec[] {
  const list = has === undefined ? [] : [listPath(has)];
  const key = ascending('tenant', ...list, ...pathsOf(fields), 'id');
  const query = { name: `${name}.query.${digestOf(Object.keys(key))}`, key };
  if (!unique) return [query];
  const path = `unique.${name}`;
  // The library leaves the key out where a part of it is null, and of deleted documents.
  const once = { unique: true, partialFilterExpression: { [path]: { $exists: true } } };
  return [query, { name: `${name}.${digestOf(fields)}`, key: ascending('tenant', path), ...once }];
}

function purgeIndex({ since, only }: PurgeRule): Spec {
  const time = since === 'deletedAt' ? 'deletedAt' : keyPath(plain(since));
  const key = ascending(time, ...Object.keys(only).map((field) => keyPath(plain(field))));
  // A time is text; rows without one are not in the index.
  return { name: `purge.${digestOf(Object.keys(key))}`, key, partialFilterExpression: { [time]: { $gt: '' } } };
}

/** By what a server tells indexes apart: it refuses a second one over the same keys, under whatever name. */
const signature = ({ key, unique, partialFilterExpression }: IndexLike): string =>
  JSON.stringify([Object.entries(key), unique === true, partialFilterExpression ?? null]);
type IndexLike = Readonly<{ key: object; name?: string; unique?: boolean; partialFilterExpression?: object }>;

/** Each once, and only what is not there by its keys. */
function missing(indexes: readonly Spec[], there: readonly IndexLike[]): Spec[] {
  const known = new Set(there.map(signature));
  return [...new Map(indexes.map((each) => [signature(each), each])).values()].filter(
    (each) => !known.has(signature(each)),
  );
}

/** None where the collection is not there: one that is has the index of its ids at least. */
const indexesIn = (db: Db, collection: string): Promise<IndexLike[]> =>
  db
    .collection(collection)
    .listIndexes()
    .toArray()
    .catch((error: { code?: unknown }) => {
      if (error.code !== NAMESPACE_NOT_FOUND) throw error;
      return [];
    });

/** Makes a collection with its indexes, as far as they are missing. Outside of any transaction. */
export async function made(db: Db, { collection, indexes }: Schema): Promise<void> {
  await translated(collection, async () => {
    const there = await indexesIn(db, collection);
    if (there.length === 0)
      await db.createCollection(collection).catch((error: { code?: unknown }) => {
        if (error.code !== NAMESPACE_EXISTS) throw error;
      });
    const wanted = missing(indexes, there);
    if (wanted.length === 0) return;
    const specs = wanted.map(({ key, ...rest }) => ({ ...rest, key: key as IndexSpecification & typeof key }));
    await db.collection(collection).createIndexes(specs);
  });
}

const AT_ONCE = 4;

/**
 * Prepares what lies in named collections: new ones one after another, for a server may refuse to make two at once;
 * those that are there are only looked at, some at a time, since a start waits for all of them.
 */
export async function preparing<T>(
  db: Db,
  all: readonly T[],
  { nameOf, work }: Readonly<{ nameOf: (each: T) => string; work: (each: T) => Promise<unknown> }>,
): Promise<void> {
  const found = await translated('', () => db.listCollections({}, { nameOnly: true }).toArray());
  const there = new Set(found.map(({ name }) => name));
  for (const each of all) if (!there.has(nameOf(each))) await work(each);
  const known = all.filter((each) => there.has(nameOf(each))).values();
  const lane = async () => {
    for (const each of known) await work(each);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}

/** Looks whether it is all there. @throws STORE.SCHEMA_MISSING */
export async function verify(db: Db, { collection, indexes }: Schema): Promise<void> {
  const there = await translated(collection, () => indexesIn(db, collection));
  if (there.length === 0) throw storeErrors.SCHEMA_MISSING(collection);
  const [first] = missing(indexes, there);
  if (first) throw storeErrors.SCHEMA_MISSING(`index ${first.name} of ${collection}`);
}
