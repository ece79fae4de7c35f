// How-to: `npm run bench:render -- --json` (or `--html FILE` for a report). The engine beside its peers in one run, CPU
// for CPU, then whole jobs through a running product. BENCH_ONLY=<id> runs one row, BENCH_ROUNDS sets the rounds.
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { engineRows } from './render/engines.mjs';
import { nullRow, nulls } from './render/nulls.mjs';
import { stageRows } from './render/stages.mjs';
import { watchMachine } from './rows.mjs';

const only = process.env.BENCH_ONLY;
const rounds = Number(process.env.BENCH_ROUNDS ?? 5);
const wanted = (id) => !only || id === only;

async function main() {
  const end = watchMachine();
  const rows = await engineRows({ rounds, wanted });
  if (wanted('null-worst-db')) rows.push(nullRow(nulls()));
  rows.push(...stageRows({ wanted }));
  const ok = rows.length > 0 && rows.every((row) => row.ok);
  const machine = { cpus: cpus().length, model: cpus()[0]?.model, node: process.version, ...end() };
  if (process.argv.includes('--json')) console.log(JSON.stringify({ bench: 'render', rows, ok, ...machine }));
  else console.table(rows, ['id', 'value', 'unit', 'peerValue', 'ratio', 'must', 'ok']);
  return ok ? 0 : 1;
}

process.exitCode = await main();
