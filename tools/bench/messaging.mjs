// How-to: `npm run bench:messaging -- --json`. Ratios of our paths to the plain client's and Nest's, in one run.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rowsOf } from './rows.mjs';
import { consumePair, publishPair, rpcPair } from './pairs.mjs';

const require = createRequire(import.meta.url);
const { startNats } = require('@gts/testing');
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);

/** CPU of this machine that neither we nor idling used, as a share. */
const cpu = () => {
  const [, ...all] = readFileSync('/proc/stat', 'utf8').split('\n')[0].split(/\s+/).map(Number);
  return { total: all.reduce((sum, each) => sum + each, 0), idle: all[3] + all[4] };
};

async function main() {
  const folder = mkdtempSync(join(tmpdir(), 'gts-bench-'));
  const server = await startNats();
  const before = cpu();
  const rows = [];
  try {
    for (const [id, must, pair] of [
      ['rpc-vs-nest', 1.8, rpcPair],
      ['publish-vs-client', 3, publishPair],
      ['consume-vs-bare', 0.35, consumePair],
    ])
      rows.push(await rowsOf({ id, must, rounds: ROUNDS, pair: await pair({ url: server.url, folder }) }));
    rows.push(...(await sagaRows({ url: server.url, folder })));
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  const after = cpu();
  const busy = 1 - (after.idle - before.idle) / (after.total - before.total);
  const ok = rows.every((row) => row.ok);
  if (process.argv.includes('--json'))
    console.log(JSON.stringify({ bench: 'messaging', rows, ok, machineBusy: Number(busy.toFixed(2)) }));
  else console.table(rows);
  process.exitCode = ok ? 0 : 1;
}

/** The saga rows come from their own file as soon as it exists. */
async function sagaRows(options) {
  try {
    const { sagaRows: rows } = await import('./saga-rows.mjs');
    return rows(options);
  } catch (error) {
    if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    return [];
  }
}

await main();
process.exit();
