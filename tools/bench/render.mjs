// How-to: `npm run bench:render -- --json` (or `--html FILE` for a report). The engine beside its peers in one run, CPU
// for CPU, then whole jobs through a running product. BENCH_ONLY=<id> runs one row, BENCH_ROUNDS sets the rounds.
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { demoCurves } from './render/curves.mjs';
import { engineRows } from './render/engines.mjs';
import { jobRows } from './render/jobs.mjs';
import { nullRow, nullsOf } from './render/nulls.mjs';
import { reportOf } from './render/report.mjs';
import { stageRows } from './render/stages.mjs';
import { watchMachine } from './rows.mjs';

const { json, html } = parseArgs({ options: { json: { type: 'boolean' }, html: { type: 'string' } } }).values;
const only = process.env.BENCH_ONLY;
const rounds = Number(process.env.BENCH_ROUNDS ?? 5);
const wanted = (id) => !only || id === only;
const JOB_ROWS = ['shootout-30s-4', 'workers-2-vs-1', 'shared-stages', 'share-outside-captures', 'rss-mb'];

async function main() {
  const end = watchMachine();
  const rows = await engineRows({ rounds, wanted });
  const nulls = wanted('null-worst-db') || html ? nullsOf() : [];
  if (wanted('null-worst-db')) rows.push(nullRow(nulls));
  rows.push(...stageRows({ wanted }));
  if (JOB_ROWS.some(wanted)) rows.push(...(await jobRows({ rounds })).filter(({ id }) => wanted(id)));
  const ok = rows.length > 0 && rows.every((row) => row.ok);
  const machine = { cpus: cpus().length, model: cpus()[0]?.model, node: process.version, ...end() };
  if (html) writeFileSync(html, reportOf({ rows, nulls, curves: demoCurves(), machine }));
  if (json) console.log(JSON.stringify({ bench: 'render', rows, ok, ...machine }));
  else console.table(rows, ['id', 'value', 'unit', 'peerValue', 'ratio', 'must', 'ok']);
  return ok ? 0 : 1;
}

process.exitCode = await main();
