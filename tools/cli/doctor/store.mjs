import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { CONTEXTS } from '../operator.mjs';
import { fail, laterRelease, megabytes, ok, warn } from './finding.mjs';
import { mongo } from './mongo.mjs';

const AREA = 'store';

function lookInto(file) {
  const db = new DatabaseSync(file, { readOnly: true, timeout: 1000 });
  try {
    const [mode] = db.prepare('PRAGMA journal_mode').all();
    const table = db.prepare(`SELECT 1 FROM sqlite_master WHERE name = 'c_migrations'`).all().length > 0;
    const rows = table ? db.prepare(`SELECT id, body FROM c_migrations`).all() : [];
    return { mode: String(mode.journal_mode), migrations: rows.map(({ id, body }) => ({ id, ...JSON.parse(body) })) };
  } finally {
    db.close();
  }
}

/** Names of migrations that took something away. */
const contracted = (migrations) => migrations.filter(({ phase }) => phase === 'contract').map(({ id }) => id);

function file(folder, context) {
  const path = join(folder, `${context}.sqlite`);
  if (!existsSync(path)) return warn(AREA, `${context}: no file yet`, 'its service makes it at its first start');
  try {
    const { mode, migrations } = lookInto(path);
    const strange = contracted(migrations);
    if (strange.length > 0)
      return { ...fail(AREA, `${context}: ${laterRelease(strange)}`, 'run that release'), answered: true };
    return { ...ok(AREA, `${context}: SQLite ${mode}, ${megabytes(statSync(path).size)}`), answered: true };
  } catch (error) {
    return fail(AREA, `${context}: ${error.message}`, `look at ${path}`);
  }
}

export async function store({ dataDir, withinMs, storeUrl, env }) {
  if (storeUrl?.startsWith('mongodb')) return mongo({ storeUrl, withinMs, env });
  const folder = storeUrl?.replace(/^file:/, '') ?? join(dataDir, 'store');
  if (!existsSync(folder))
    return [warn(AREA, 'not looked at: no store here', 'set STORE_URL, or GTS_DATA_DIR of npm start')];
  const relaxed = env.SQLITE_SYNC === 'normal';
  const sync = relaxed ? [warn(AREA, 'durability relaxed', 'SQLITE_SYNC=full')] : [];
  return [...CONTEXTS.map((context) => file(folder, context)), ...sync];
}
