import { storeErrors } from '../errors';
import type { CollectionDef, PurgeRule, Scalar } from '../ports';
import type { DocumentRow, DocumentSession, Plan, PlannedRow } from '../session';
import { compare, compareText, holds, keyOf, matches, uniqueKey } from '../keys';
import type { Table } from './table';

type Tables = (name: string) => Table<DocumentRow>;
const at = (tenant: string, id: string): string => `${tenant}\u0000${id}`;

export function memoryDocuments(tables: Tables, dirty: boolean): DocumentSession {
  const rows = (def: CollectionDef) => [...tables(def.name).values(dirty)];
  const assertUnique = (def: CollectionDef, row: DocumentRow) => {
    for (const [name, index] of Object.entries(def.indexes)) {
      const key = uniqueKey(row, index);
      const taken = (other: DocumentRow) =>
        other.tenant === row.tenant && other.id !== row.id && uniqueKey(other, index) === key;
      if (key !== undefined && rows(def).some(taken)) throw storeErrors.DUPLICATE_KEY.with(named(name), def.name, name);
    }
  };
  return {
    load: (def, tenant, id) => tables(def.name).get(at(tenant, id), dirty),
    select: (def, tenant, plan) => {
      const found = rows(def).filter((row) => row.tenant === tenant && wanted(row, plan));
      return ordered(found, plan).slice(0, plan.limit);
    },
    scan: (def, after, limit) =>
      rows(def)
        .filter((row) => !after || byKey(row, { tenant: after[0], id: after[1] }) > 0)
        .toSorted(byKey)
        .slice(0, limit),
    insert: (def, row) => {
      const table = tables(def.name);
      if (table.get(at(row.tenant, row.id), dirty)) throw storeErrors.DUPLICATE_KEY.with(named('id'), def.name, 'id');
      assertUnique(def, row);
      table.set(at(row.tenant, row.id), row);
    },
    replace: (def, row, expected) => {
      const table = tables(def.name);
      if (table.get(at(row.tenant, row.id), dirty)?.version !== expected) return false;
      assertUnique(def, row);
      table.set(at(row.tenant, row.id), row);
      return true;
    },
    remove: (def, tenant, id) => tables(def.name).set(at(tenant, id), undefined),
    purge: (def, rule, { before, limit }) => {
      const old = rows(def).filter((row) => hasServed(row, rule, before));
      for (const row of old.slice(0, limit)) tables(def.name).set(at(row.tenant, row.id), undefined);
      return Math.min(old.length, limit);
    },
  };
}

const plain = (field: string) => ({ field, normalise: false });

function hasServed(row: DocumentRow, { since, only }: PurgeRule, before: string): boolean {
  const time = since === 'deletedAt' ? row.deletedAt : keyOf(row, plain(since));
  if (typeof time !== 'string' || time >= before) return false;
  return Object.entries(only).every(([field, values]) => {
    const key = keyOf(row, plain(field));
    return values.some((value) => compare(key, value) === 0);
  });
}

const named = (index: string) => ({ details: { index } });
type Key = Readonly<{ tenant: string; id: string }>;
const byKey = (a: Key, b: Key): number => compareText(a.tenant, b.tenant) || compareText(a.id, b.id);

const wanted = (row: DocumentRow, { has, includeDeleted, terms }: Plan): boolean =>
  (includeDeleted || row.deletedAt === null) && holds(row, has) && terms.every((term) => matches(row, term));

function ordered(rows: readonly DocumentRow[], { order, descending, after }: Plan): PlannedRow[] {
  const sign = descending ? -1 : 1;
  const byKeys = (a: readonly Scalar[], b: readonly Scalar[]): number => {
    for (const [at, key] of a.entries()) {
      const difference = compare(key, b[at] ?? null);
      if (difference !== 0) return sign * difference;
    }
    return 0;
  };
  return rows
    .map((row) => ({ row, keys: [...order.map((field) => keyOf(row, field)), row.id] }))
    .filter(({ keys }) => !after || byKeys(keys, after) > 0)
    .toSorted((a, b) => byKeys(a.keys, b.keys));
}
