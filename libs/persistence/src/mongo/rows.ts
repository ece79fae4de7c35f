import { createHash } from 'node:crypto';
import type { Document } from 'mongodb';
import { keyOf, uniqueKey } from '../keys';
import { fieldOf } from '../plan';
import type { CollectionDef, Scalar } from '../ports';
import type { DocumentRow } from '../session';
import { digestOf, keyPath, listPath } from './schema';

type Field = Readonly<{ field: string; normalise: boolean }>;
/** What of a document is kept beside its text, so that indexes can serve it. */
type Shape = Readonly<{ fields: readonly Field[]; lists: readonly string[]; digest: string }>;
const shapes = new WeakMap<CollectionDef, Shape>();

/** Rows as they lie in a collection: the document as text, and the keys that the library computed. */
export type Kept = DocumentRow & Readonly<{ _id: string; keys: Readonly<Record<string, Scalar>> }>;

export function shapeOf(def: CollectionDef): Shape {
  let shape = shapes.get(def);
  if (!shape) shapes.set(def, (shape = shapeFrom(def)));
  return shape;
}

function shapeFrom({ indexes, purges }: CollectionDef): Shape {
  const all = Object.values(indexes);
  const ruled = purges.flatMap(({ since, only }) => [...(since === 'deletedAt' ? [] : [since]), ...Object.keys(only)]);
  const wanted = [...all.flatMap(({ fields }) => fields.map(fieldOf)), ...ruled.map((field) => fieldOf(field))];
  const fields = [...new Map(wanted.map((each) => [keyPath(each), each])).values()];
  const lists = [...new Set(all.flatMap(({ has }) => (has === undefined ? [] : [has])))];
  const unique = Object.entries(indexes).filter(([, index]) => index.unique);
  return { fields, lists, digest: digestOf([fields, lists, unique]) };
}

/** The tenant leads; escaped, so that no pair of tenant and id reads like another one. */
export const idOf = (tenant: string, id: string): string => `${encodeURIComponent(tenant)}/${id}`;

/** A row as it is stored, with everything that its indexes and rules ask for. */
export function keptOf(def: CollectionDef, row: DocumentRow): Document {
  return { _id: idOf(row.tenant, row.id), ...rowOf(row), ...derivedOf(def, row) };
}

export function derivedOf(def: CollectionDef, row: DocumentRow): Document {
  const { fields, lists, digest } = shapeOf(def);
  const unique = Object.entries(def.indexes).map(([name, index]) => [name, uniqueKey(row, index)] as const);
  const taken = unique.filter(([, key]) => key !== undefined).map(([name, key]) => [name, short(key ?? '')]);
  return {
    keys: Object.fromEntries(fields.map((field) => [leaf(keyPath(field)), keyOf(row, field)])),
    lists: Object.fromEntries(lists.map((field) => [leaf(listPath(field)), listOf(row, field)])),
    unique: Object.fromEntries(taken) as Record<string, string>,
    shape: digest,
  };
}

const leaf = (path: string): string => path.slice(path.indexOf('.') + 1);
const LONGEST = 200;
/** Long keys are compared by their digest: servers bound the size of an index entry. */
const short = (key: string): string =>
  key.length <= LONGEST ? key : `sha256:${createHash('sha256').update(key).digest('hex')}`;

function listOf(row: DocumentRow, field: string): Scalar[] {
  const document = JSON.parse(row.body) as Record<string, unknown>;
  const list = Object.hasOwn(document, field) ? document[field] : undefined;
  if (!Array.isArray(list)) return [];
  const values = list.map(scalarKey).filter((each) => each !== undefined);
  return [...new Set(values)];
}

const scalarKey = (value: unknown): Scalar | undefined => {
  if (typeof value === 'boolean') return Number(value);
  return typeof value === 'string' || typeof value === 'number' ? value : undefined;
};

/** Exactly the columns of the port, whatever else the document carries. */
export const rowOf = (kept: DocumentRow): DocumentRow => ({
  id: kept.id,
  tenant: kept.tenant,
  version: kept.version,
  eventSeq: kept.eventSeq,
  schema: kept.schema,
  createdAt: kept.createdAt,
  createdBy: kept.createdBy,
  updatedAt: kept.updatedAt,
  deletedAt: kept.deletedAt,
  deletedBy: kept.deletedBy,
  body: kept.body,
});

/** The computed key of a field in a stored row. */
export const keyIn = ({ keys }: Kept, field: Field): Scalar => keys[leaf(keyPath(field))] ?? null;
