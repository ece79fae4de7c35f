import { storeErrors } from '../errors';
import type { CollectionDef, PurgeRule, Scalar } from '../ports';
import type { DocumentRow, DocumentSession, Plan, PlannedRow } from '../session';
import type { Connection } from './connection';
import { selectOf } from './select';
import { purgeTerms, tableOf } from './schema';

const columns =
  'tenant, id, version, event_seq AS eventSeq, schema, created_at AS createdAt, created_by AS createdBy, ' +
  'updated_at AS updatedAt, deleted_at AS deletedAt, deleted_by AS deletedBy, body';

type Sql = Readonly<{ load: string; insert: string; replace: string; remove: string; scan: string }>;
const cache = new WeakMap<CollectionDef, Sql>();

function sqlOf(def: CollectionDef): Sql {
  let sql = cache.get(def);
  if (!sql) cache.set(def, (sql = statements(tableOf(def))));
  return sql;
}

const statements = (table: string): Sql => ({
  load: `SELECT ${columns} FROM ${table} WHERE tenant = ? AND id = ?`,
  insert: `INSERT INTO ${table} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  replace: `UPDATE ${table} SET version = ?, event_seq = ?, schema = ?, updated_at = ?, deleted_at = ?, deleted_by = ?, body = ?
    WHERE tenant = ? AND id = ? AND version = ?`,
  remove: `DELETE FROM ${table} WHERE tenant = ? AND id = ?`,
  scan: `SELECT ${columns} FROM ${table} WHERE (tenant, id) > (?, ?) ORDER BY tenant, id LIMIT ?`,
});

const purges = new WeakMap<PurgeRule, string>();

/** The statement that carries a rule out: an instant, then how many rows at most. */
export function purgeOf(def: CollectionDef, rule: PurgeRule): string {
  let sql = purges.get(rule);
  if (sql === undefined) {
    const [table, { time, only }] = [tableOf(def), purgeTerms(rule)];
    sql = `DELETE FROM ${table} WHERE (tenant, id) IN (SELECT tenant, id FROM ${table} WHERE ${only} AND ${time} < ? LIMIT ?)`;
    purges.set(rule, sql);
  }
  return sql;
}

export function sqliteDocuments(db: Connection): DocumentSession {
  return {
    load: (def, tenant, id) => db.get<DocumentRow>(sqlOf(def).load, tenant, id),
    select: (def, tenant, plan) => select(db, def, { tenant, plan }),
    scan: (def, after, limit) => db.all<DocumentRow>(sqlOf(def).scan, ...(after ?? ['', '']), limit),
    insert: (def, r) => {
      const head = [r.tenant, r.id, r.version, r.eventSeq, r.schema, r.createdAt, r.createdBy, r.updatedAt];
      db.run(def.name, sqlOf(def).insert, ...head, r.deletedAt, r.deletedBy, r.body);
    },
    replace: (def, r, expected) => {
      const state = [r.version, r.eventSeq, r.schema, r.updatedAt, r.deletedAt, r.deletedBy, r.body];
      return db.run(def.name, sqlOf(def).replace, ...state, r.tenant, r.id, expected) === 1;
    },
    remove: (def, tenant, id) => void db.run(def.name, sqlOf(def).remove, tenant, id),
    purge: (def, rule, { before, limit }) => db.run(def.name, purgeOf(def, rule), before, limit),
  };
}

function select(db: Connection, def: CollectionDef, o: { tenant: string; plan: Plan }): PlannedRow[] {
  const { sql, values } = selectOf(def, o);
  const rows = db.all<DocumentRow & Record<`k${number}`, Scalar>>(`SELECT ${columns}${sql}`, ...values);
  return rows.map((row) => ({ row, keys: [...o.plan.order.map((_, at) => keyIn(def, row[`k${at}`])), row.id] }));
}

function keyIn(def: CollectionDef, key: Scalar | undefined): Scalar {
  if (key === undefined) throw storeErrors.QUERY_NOT_DECLARED(def.name, 'a key is missing');
  return key;
}
