import { existsSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { plain } from '../../lib/plain-address.mjs';
import { CONTEXTS } from '../operator.mjs';
import { fail, megabytes, ok, warn } from './finding.mjs';

const require = createRequire(import.meta.url);
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

/** This release knows no contract migration: one that was applied is of a later release. */
const unknown = (migrations) => migrations.filter(({ phase }) => phase === 'contract').map(({ id }) => id);

function file(folder, context) {
  const path = join(folder, `${context}.sqlite`);
  if (!existsSync(path)) return warn(AREA, `${context}: no file yet`, 'its service makes it at its first start');
  try {
    const { mode, migrations } = lookInto(path);
    const strange = unknown(migrations);
    if (strange.length > 0)
      return fail(AREA, `${context}: migrated by a later release (${strange.join(', ')})`, 'run that release');
    return { ...ok(AREA, `${context}: SQLite ${mode}, ${megabytes(statSync(path).size)}`), answered: true };
  } catch (error) {
    return fail(AREA, `${context}: ${error.message}`, `look at ${path}`);
  }
}

async function server(url, withinMs) {
  const { MongoClient } = require('mongodb');
  const client = new MongoClient(url, { serverSelectionTimeoutMS: withinMs - 200, connectTimeoutMS: withinMs - 200 });
  try {
    const db = client.db();
    const { setName, isWritablePrimary } = await db.command({ hello: 1 });
    if (!setName)
      return fail(AREA, `${plain(url)} is no replica set`, 'start mongod with --replSet, then gts store init');
    if (!isWritablePrimary) return fail(AREA, `${setName} has no primary`, 'start the missing members');
    const strange = unknown(
      (await db.collection('migrations').find({ phase: 'contract' }).toArray()).map((each) => ({
        id: String(each._id),
        phase: 'contract',
      })),
    );
    if (strange.length > 0) return fail(AREA, `${db.databaseName}: migrated by a later release`, 'run that release');
    return { ...ok(AREA, `${plain(url)}: MongoDB, replica set ${setName}, majority and journal`), answered: true };
  } catch (error) {
    return fail(
      AREA,
      `${plain(url)}: ${error.message.split('\n')[0]}`,
      'is it running, and are user and password right?',
    );
  } finally {
    await client.close().catch(() => {});
  }
}

export async function store({ dataDir, withinMs, storeUrl, env }) {
  if (storeUrl?.startsWith('mongodb')) return [await server(storeUrl, withinMs)];
  const folder = storeUrl?.replace(/^file:/, '') ?? join(dataDir, 'store');
  if (!existsSync(folder))
    return [warn(AREA, 'not looked at: no store here', 'set STORE_URL, or GTS_DATA_DIR of npm start')];
  const relaxed = env.SQLITE_SYNC === 'normal';
  const sync = relaxed ? [warn(AREA, 'durability relaxed', 'SQLITE_SYNC=full')] : [];
  return [...CONTEXTS.map((context) => file(folder, context)), ...sync];
}
