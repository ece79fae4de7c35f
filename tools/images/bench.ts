// `npm run bench:images -- [--json]`: what the containers of a stack cost, as a table or as one line.
import { Console } from 'node:console';
import { cpus } from 'node:os';
import { watchMachine } from '../bench/rows.mjs';
import { watchContainers } from './container-cpu.ts';
import type { RunningStack } from './containers.ts';
import { say } from './engine.ts';
import { type BenchRow, measure } from './measure.ts';

const columns = ['id', 'value', 'unit', 'peer', 'peerValue', 'ratio', 'must', 'ok'];

function table(rows: readonly BenchRow[], foreignCpu: number): void {
  const console = new Console(process.stdout);
  console.table(rows, columns);
  const services = [...new Set(rows.flatMap(({ each }) => Object.keys(each)))];
  const of = (service: string) => rows.map(({ id, each }) => [id, each[service]] as const);
  console.table(Object.fromEntries(services.map((service) => [service, Object.fromEntries(of(service))])));
  say(
    `value = the worst service, must = the most it may be; ratio = peer / value; others took ${foreignCpu} of the machine`,
  );
}

/** Measures a stack that runs; false where a row misses what it must. */
export async function bench(stack: RunningStack): Promise<boolean> {
  const watched = watchMachine(watchContainers(stack));
  const rows = await measure(stack);
  const ok = rows.every((row) => row.ok);
  const machine = { cpus: cpus().length, model: cpus()[0]?.model, node: process.version, ...watched() };
  if (process.argv.includes('--json')) say(JSON.stringify({ bench: 'images', rows, ok, ...machine }));
  else table(rows, machine.foreignCpu);
  return ok;
}
