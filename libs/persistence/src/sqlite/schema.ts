import { createHash } from 'node:crypto';
import { fieldOf } from '../plan';
import type { CollectionDef, IndexDef, PurgeRule } from '../ports';
import type { Connection } from './connection';

/** Tables of the library itself. */
export const librarySchema = `
CREATE TABLE IF NOT EXISTS outbox (
  id TEXT PRIMARY KEY, tenant TEXT NOT NULL, stream TEXT NOT NULL, subject TEXT NOT NULL, headers TEXT NOT NULL,
  body BLOB NOT NULL, part INTEGER NOT NULL, order_key TEXT NOT NULL, order_seq INTEGER NOT NULL,
  state TEXT NOT NULL, attempts INTEGER NOT NULL, next_at INTEGER NOT NULL, last_error TEXT,
  created_at INTEGER NOT NULL, published_at INTEGER, stream_seq INTEGER) WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS "outbox.order" ON outbox (order_key || '#' || order_seq);
CREATE INDEX IF NOT EXISTS outbox_head ON outbox (order_key, order_seq) WHERE state IN ('pending', 'quarantined');
CREATE INDEX IF NOT EXISTS outbox_due ON outbox (created_at, id) WHERE state = 'pending';
CREATE INDEX IF NOT EXISTS outbox_done ON outbox (published_at) WHERE state = 'published';
CREATE INDEX IF NOT EXISTS outbox_state ON outbox (state, id) WHERE state IN ('quarantined', 'skipped');
CREATE TABLE IF NOT EXISTS inbox (
  consumer TEXT NOT NULL, message TEXT NOT NULL, digest TEXT NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY (consumer, message)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS inbox_at ON inbox (at);
CREATE TABLE IF NOT EXISTS commands (
  tenant TEXT NOT NULL, actor TEXT NOT NULL, command TEXT NOT NULL, name TEXT NOT NULL, digest TEXT NOT NULL,
  reply TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (tenant, actor, command)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS commands_at ON commands (at);
CREATE TABLE IF NOT EXISTS leases (
  name TEXT PRIMARY KEY, owner TEXT NOT NULL, epoch INTEGER NOT NULL, expires INTEGER NOT NULL) WITHOUT ROWID;
`;

export const tableOf = (def: CollectionDef): string => `"c_${def.name}"`;
export const sideOf = (def: CollectionDef, has: string): string => `"h_${def.name}_${digest(has)}"`;
const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 8);
const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const pathOf = (field: string): string => literal(`$."${field.replaceAll('"', '')}"`);

/** The SQL of one index field: of the document, or of the two fields that the store keeps. */
export function expression({ field, normalise }: { field: string; normalise: boolean }): string {
  const value = `json_extract(body, ${pathOf(field)})`;
  if (normalise) return `nfkc_lower(${value})`;
  if (field === 'createdAt') return `coalesce(${value}, created_at)`;
  return field === 'updatedAt' ? `coalesce(${value}, updated_at)` : value;
}

/** What a rule asks of a row: its time, and the rest, which also bounds the rule's index. */
export function purgeTerms({ since, only }: PurgeRule): Readonly<{ time: string; only: string }> {
  const time = since === 'deletedAt' ? 'deleted_at' : expression({ field: since, normalise: false });
  const value = (each: string | boolean) => (typeof each === 'string' ? literal(each) : Number(each));
  const terms = Object.entries(only).map(
    ([field, values]) => `${expression({ field, normalise: false })} IN (${values.map(value).join(', ')})`,
  );
  return { time, only: [`${time} IS NOT NULL`, ...terms].join(' AND ') };
}

/** Makes table, indexes and side tables of a collection, as far as they are missing. */
export function ensureCollection(connection: Connection, def: CollectionDef): void {
  const table = tableOf(def);
  connection.exec(`CREATE TABLE IF NOT EXISTS ${table} (
    tenant TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL, event_seq INTEGER NOT NULL, schema INTEGER NOT NULL,
    created_at TEXT NOT NULL, created_by TEXT NOT NULL, updated_at TEXT NOT NULL, deleted_at TEXT, deleted_by TEXT,
    body TEXT NOT NULL, PRIMARY KEY (tenant, id)) WITHOUT ROWID`);
  for (const [name, index] of Object.entries(def.indexes)) {
    const columns = ['tenant', ...index.fields.map((each) => expression(fieldOf(each)))];
    const unique = index.unique ? 'UNIQUE' : '';
    const title = `"${def.name}_${digest(columns.join() + unique)}.${name}"`;
    const live = index.unique ? ' WHERE deleted_at IS NULL' : '';
    connection.exec(`CREATE ${unique} INDEX IF NOT EXISTS ${title} ON ${table} (${columns.join(', ')})${live}`);
    if (index.has !== undefined) ensureSide(connection, def, index.has);
  }
  for (const rule of def.purges) {
    const { time, only } = purgeTerms(rule);
    const title = `"${def.name}_${digest(time + only)}.purge"`;
    connection.exec(`CREATE INDEX IF NOT EXISTS ${title} ON ${table} (${time}) WHERE ${only}`);
  }
}

/** One row an element of an array field, kept in step by triggers; documents that are there already are added. */
function ensureSide(connection: Connection, def: CollectionDef, has: NonNullable<IndexDef['has']>): void {
  const [table, side, field] = [tableOf(def), sideOf(def, has), pathOf(has)];
  const name = `${def.name}_${digest(has)}`;
  const exists = connection.get('SELECT 1 FROM sqlite_master WHERE name = ?', side.slice(1, -1));
  if (exists) return;
  const add = (from: string, source: string) =>
    `INSERT OR IGNORE INTO ${side} SELECT ${from}.tenant, each.value, ${from}.id FROM ${source}json_each(${from}.body, ${field}) AS each
     WHERE json_type(${from}.body, ${field}) = 'array' AND each.type NOT IN ('null', 'array', 'object')`;
  const drop = `DELETE FROM ${side} WHERE tenant = OLD.tenant AND id = OLD.id`;
  connection.exec(`
    CREATE TABLE ${side} (tenant TEXT NOT NULL, value NOT NULL, id TEXT NOT NULL, PRIMARY KEY (tenant, value, id)) WITHOUT ROWID;
    CREATE INDEX "hi_${name}" ON ${side} (tenant, id);
    CREATE TRIGGER "ti_${name}" AFTER INSERT ON ${table} BEGIN ${add('NEW', '')}; END;
    CREATE TRIGGER "tu_${name}" AFTER UPDATE OF body ON ${table} BEGIN ${drop}; ${add('NEW', '')}; END;
    CREATE TRIGGER "td_${name}" AFTER DELETE ON ${table} BEGIN ${drop}; END;
    ${add('c', `${table} AS c, `)};`);
}
