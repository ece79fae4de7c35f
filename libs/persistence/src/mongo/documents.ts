import type { AnyBulkWriteOperation, Collection } from 'mongodb';
import type { CollectionDef, PurgeRule, Scalar } from '../ports';
import type { DocumentRow, DocumentSession } from '../session';
import { keyIn, type Kept, keptOf, idOf, rowOf } from './rows';
import { collectionName, keyPath } from './schema';
import { selectOf } from './select';
import { type Faults, purged, reading, rowsIn, type Via, writing } from './via';

/** A row to be written; `expected` is the version that must be there, undefined that nothing may be. */
export type Held = Readonly<{ row: DocumentRow; expected: number | undefined }>;

export type MongoDocuments = DocumentSession &
  Readonly<{
    loadAll(def: CollectionDef, tenant: string, ids: readonly string[]): Promise<readonly DocumentRow[]>;
    /** Writes many rows in order; false when a stored version was another one. */
    writeAll(def: CollectionDef, held: readonly Held[]): Promise<boolean>;
  }>;

export const mongoDocuments = (via: Via, faults: Faults): MongoDocuments => ({
  ...readsOver(via, faults),
  ...writesOver(via, faults),
});

type Reads = Pick<MongoDocuments, 'load' | 'loadAll' | 'select' | 'scan'>;
const collectionOf = (via: Via, def: CollectionDef): Collection<Kept> => rowsIn<Kept>(via, collectionName(def));
const at = (def: CollectionDef, id: string) => ({ what: def.name, target: `${def.name}/${id}` });

function readsOver(via: Via, faults: Faults): Reads {
  const rows = (def: CollectionDef) => collectionOf(via, def);
  return {
    load: (def, tenant, id) =>
      faults.run(at(def, idOf(tenant, id)), async () => {
        const kept = await rows(def).findOne({ _id: idOf(tenant, id) }, reading(via));
        return kept ? rowOf(kept) : undefined;
      }),
    loadAll: (def, tenant, ids) =>
      faults.run(at(def, '*'), async () => {
        const filter = { _id: { $in: ids.map((id) => idOf(tenant, id)) } };
        return (await rows(def).find(filter, reading(via)).toArray()).map(rowOf);
      }),
    select: (def, tenant, plan) =>
      faults.run(at(def, '*'), async () => {
        const { filter, sort } = selectOf(tenant, plan);
        const found = await rows(def).find(filter, reading(via)).sort(sort).limit(plan.limit).toArray();
        return found.map((kept) => ({
          row: rowOf(kept),
          keys: [...plan.order.map((field) => keyIn(kept, field)), kept.id],
        }));
      }),
    scan: (def, after, limit) =>
      faults.run(at(def, '*'), async () => {
        const filter = after ? { _id: { $gt: idOf(...after) } } : {};
        const found = await rows(def).find(filter, reading(via)).sort({ _id: 1 }).limit(limit).toArray();
        return found.map(rowOf);
      }),
  };
}

function writesOver(via: Via, faults: Faults): Omit<MongoDocuments, keyof Reads> {
  const rows = (def: CollectionDef) => collectionOf(via, def);
  return {
    insert: (def, row) =>
      faults.run(at(def, idOf(row.tenant, row.id)), async () => {
        await rows(def).insertOne(keptOf(def, row) as Kept, writing(via));
      }),
    replace: (def, row, expected) =>
      faults.run(at(def, idOf(row.tenant, row.id)), async () => {
        const { _id, ...kept } = keptOf(def, row) as Kept;
        const { matchedCount } = await rows(def).replaceOne({ _id, version: expected }, kept as Kept, writing(via));
        return matchedCount === 1;
      }),
    writeAll: (def, held) =>
      faults.run(at(def, '*'), async () => {
        const operations = held.map((each) => operationOf(def, each));
        const { matchedCount, insertedCount } = await rows(def).bulkWrite(operations, writing(via));
        return matchedCount + insertedCount === held.length;
      }),
    remove: (def, tenant, id) =>
      faults.run(at(def, idOf(tenant, id)), async () => {
        await rows(def).deleteOne({ _id: idOf(tenant, id) }, writing(via));
      }),
    purge: (def, rule, { before, limit }) =>
      faults.run(at(def, '*'), () => purged(via, collectionName(def), { filter: servedOf(rule, before), limit })),
  };
}

function operationOf(def: CollectionDef, { row, expected }: Held): AnyBulkWriteOperation<Kept> {
  const kept = keptOf(def, row) as Kept;
  if (expected === undefined) return { insertOne: { document: kept } };
  const { _id, ...replacement } = kept;
  return { replaceOne: { filter: { _id, version: expected }, replacement: replacement as Kept } };
}

const plain = (field: string) => ({ field, normalise: false });
const scalar = (value: string | boolean): Scalar => (typeof value === 'boolean' ? Number(value) : value);

/** Rows whose time by the rule came before the instant; a time is text, so others do not compare. */
function servedOf({ since, only }: PurgeRule, before: string): Record<string, unknown> {
  const time = since === 'deletedAt' ? 'deletedAt' : keyPath(plain(since));
  const terms = Object.entries(only).map(([field, values]) => ({
    [keyPath(plain(field))]: { $in: values.map(scalar) },
  }));
  return { $and: [{ [time]: { $gt: '', $lt: before } }, ...terms] };
}
