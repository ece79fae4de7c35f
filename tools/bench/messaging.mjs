// How-to: `npm run bench:messaging -- --json`. Our paths beside the plain client's and Nest's, in one run, CPU for CPU.
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { consumePair, publishPair, rpcPair } from './pairs.mjs';
import { rowsOf, watchMachine } from './rows.mjs';
import { sagaRows } from './saga-rows.mjs';

const { startNats } = createRequire(import.meta.url)('@gts/testing');
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 7);
const only = process.env.BENCH_ONLY;

const comparisons = [
  { id: 'rpc-vs-nest', must: 1.8, pair: rpcPair },
  { id: 'publish-vs-client', must: 3, pair: publishPair },
  { id: 'consume-vs-bare', must: 0.35, pair: consumePair },
];

/** Each row knows how much of the machine others took while it ran. */
async function watched(rows) {
  const end = watchMachine();
  const made = await rows();
  const { foreignCpu } = end();
  return made.map((row) => ({ ...row, foreignCpu }));
}

async function allRows({ url, folder }) {
  const rows = [];
  for (const { id, must, pair } of comparisons)
    if (!only || only === id)
      rows.push(
        ...(await watched(async () => [await rowsOf({ id, must, rounds: ROUNDS, pair: await pair({ url, folder }) })])),
      );
  if (!only || only === 'saga-per-s') rows.push(...(await watched(() => sagaRows({ url, folder }))));
  return rows;
}

async function main() {
  const folder = mkdtempSync(join(tmpdir(), 'gts-bench-'));
  const server = await startNats();
  const end = watchMachine();
  try {
    const rows = await allRows({ url: server.url, folder });
    const expected = only ? [only] : [...comparisons.map(({ id }) => id), 'saga-per-s'];
    const missing = expected.filter((id) => !rows.some((row) => row.id.startsWith(id)));
    // A row without a must cannot miss it; a row that is not there has missed.
    const met = (row) =>
      row.ok !== false && (row.must === undefined || row.ratio === undefined || row.ratio >= row.must);
    const ok = missing.length === 0 && rows.every(met);
    const machine = { cpus: cpus().length, model: cpus()[0]?.model, node: process.version, ...end() };
    if (process.argv.includes('--json')) console.log(JSON.stringify({ bench: 'messaging', rows, ok, ...machine }));
    else {
      console.table(rows, [
        'id',
        'value',
        'unit',
        'peerValue',
        'throughputRatio',
        'cpuUs',
        'peerCpuUs',
        'ratio',
        'must',
        'ok',
        'foreignCpu',
      ]);
      console.log(
        `ratio = CPU of the peer / our CPU for one thing; machine busy ${machine.machineBusy}, others ${machine.foreignCpu}`,
      );
    }
    process.exitCode = ok ? 0 : 1;
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

await main();
process.exit();
