// How-to: `npm run bench:store -- --json`. A unit of work (inbox, aggregate, outbox) by itself and with others.
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { mongoForTests } from '../lib/mongo.mjs';
import { rowsOf, watchMachine } from './rows.mjs';
import { batchPair } from './store-pairs.mjs';

const { mongoDatabases } = createRequire(import.meta.url)('@gts/testing');
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
const PIECES = 256;
const columns = [
  'id',
  'saves',
  'value',
  'unit',
  'peerValue',
  'ratio',
  'must',
  'ok',
  'cpuUs',
  'peerCpuUs',
  'spread',
  'foreignCpu',
];

/**
 * What is demanded five times as fast on MongoDB is the saving of new aggregates. Changes read each aggregate first, one
 * after the other whatever the size: their own row asks for twice.
 */
const comparisons = [
  { id: 'store-batch16-vs-1-mongo', size: 16, must: 5, on: 'mongo', saves: 'create' },
  { id: 'store-batch64-vs-1-mongo', size: 64, must: 5, on: 'mongo', saves: 'create' },
  { id: 'store-batch16-update-vs-1-mongo', size: 16, must: 2, on: 'mongo', saves: 'update' },
  { id: 'store-batch16-vs-1-sqlite', size: 16, must: 2, on: 'sqlite', saves: 'create' },
  { id: 'store-batch64-vs-1-sqlite', size: 64, must: 2, on: 'sqlite', saves: 'create' },
];

async function rowOf({ id, must, on, saves, size }, urls) {
  const end = watchMachine();
  const pair = await batchPair({ size, saves, url: urls[on](id), pieces: PIECES });
  const row = await rowsOf({ id, must, rounds: ROUNDS, pair, judgedBy: 'rate' });
  return { ...row, saves, foreignCpu: end().foreignCpu };
}

/** Names what a machine without MongoDB cannot measure, which is not met then. */
function measurable() {
  if (process.env.MONGODB_URI) return comparisons;
  const why = process.env.MONGODB_LACK ?? 'its wire server does not start';
  const left = comparisons.filter(({ on }) => on === 'mongo');
  // The helper that looked for it leaves its line open.
  process.stderr.write('\n');
  for (const { id } of left) process.stderr.write(`skip ${id}: no MongoDB: ${why}\n`);
  return comparisons.filter((each) => !left.includes(each));
}

async function main() {
  const folder = mkdtempSync(join(tmpdir(), 'gts-bench-'));
  const server = mongoForTests();
  await server.ready();
  const databases = process.env.MONGODB_URI ? mongoDatabases('bench') : undefined;
  const urls = { mongo: () => databases.fresh(), sqlite: (id) => `file:${join(folder, id)}` };
  const end = watchMachine();
  try {
    const rows = [];
    for (const each of measurable()) rows.push(await rowOf(each, urls));
    const ok = rows.length === comparisons.length && rows.every((row) => row.ok);
    const machine = { cpus: cpus().length, model: cpus()[0]?.model, node: process.version, ...end() };
    if (process.argv.includes('--json')) console.log(JSON.stringify({ bench: 'store', rows, ok, ...machine }));
    else {
      console.table(rows, columns);
      console.log(
        `ratio = pieces a second by those of units of one; a piece saves a new aggregate (create) or changes one that it reads first (update)`,
      );
      console.log(`others took ${machine.foreignCpu} of the machine`);
    }
    process.exitCode = ok ? 0 : 1;
  } finally {
    await databases?.drop();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

await main();
process.exit();
