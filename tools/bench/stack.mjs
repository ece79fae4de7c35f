// How-to: `npm run bench:stack -- --json`. Seconds from `npm start` to all services ready, and memory of the idle stack.
// With --clean it builds everything anew first, as after a fresh clone.
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from '../bootstrap.mjs';
import { watchMachine } from './rows.mjs';
import { startStack } from './start-stack.mjs';

const MUST = { startSeconds: 25, idleMiB: 1331 };
const IDLE_MS = 15_000;
const json = process.argv.includes('--json');
const one = (value) => Number(value.toFixed(1));

const textOf = (path) => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
};
const childrenOf = (pid) => textOf(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number);
const withChildren = (pid) => [pid, ...childrenOf(pid).flatMap(withChildren)];
const nameOf = (pid) => {
  const words = textOf(`/proc/${pid}/cmdline`).split('\0');
  const entry = words.find((word) => word.endsWith('.js') || word.endsWith('.mjs')) ?? words[0];
  return /services\/([^/]+)\//.exec(entry)?.[1] ?? entry.split('/').at(-1);
};

/** The share of memory that is this process's own, in MiB: pages that several share count once in all. */
const pssOf = (pid) => Number(/^Pss:\s+(\d+) kB/m.exec(textOf(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0) / 1024;

async function measure(dataDir) {
  const { pid, seconds, stop } = await startStack(dataDir);
  try {
    await sleep(IDLE_MS);
    const parts = withChildren(pid).map((each) => ({ id: nameOf(each), mib: one(pssOf(each)) }));
    return { seconds, parts };
  } finally {
    await stop();
  }
}

function clean() {
  for (const path of globSync('{libs,services}/*/dist', { cwd: root }))
    rmSync(join(root, path), { recursive: true, force: true });
}

const row = (id, value, { unit, must }) => ({ id, value: one(value), unit, must, ok: value <= must });

async function main() {
  if (process.argv.includes('--clean')) clean();
  const folder = mkdtempSync(join(tmpdir(), 'gts-bench-'));
  const end = watchMachine();
  try {
    const { seconds, parts } = await measure(join(folder, 'data'));
    const memory = parts.reduce((sum, { mib }) => sum + mib, 0);
    const rows = [
      row('start-s', seconds, { unit: 's', must: MUST.startSeconds }),
      row('idle-memory-mib', memory, { unit: 'MiB', must: MUST.idleMiB }),
    ];
    const ok = rows.every((each) => each.ok);
    const machine = { cpus: cpus().length, model: cpus()[0]?.model, node: process.version, ...end() };
    if (json) process.stdout.write(`${JSON.stringify({ bench: 'stack', rows, ok, parts, ...machine })}\n`);
    else {
      console.table(rows);
      console.table(parts);
    }
    return ok ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

process.exitCode = await main();
