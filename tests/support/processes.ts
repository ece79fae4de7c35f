import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from './eventually';
import type { Stack } from './stack';

const textOf = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
};

/** A process that ended but that nobody waited for is gone as well. */
export const isAlive = (pid: number): boolean => /^State:\s+[^ZX]/m.test(textOf(`/proc/${pid}/status`));

const childrenOf = (pid: number): number[] =>
  textOf(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number);

const withChildren = (pid: number): number[] => [pid, ...childrenOf(pid).flatMap(withChildren)];

/** Every process of a running stack: starter, services, broker, with all they started. */
export function processesOf({ pid, dataDir, facts }: Stack): number[] {
  const file = join(dataDir, 'nats', 'pid');
  const broker = existsSync(file) ? [Number(readFileSync(file, 'utf8'))] : [];
  return [...new Set([pid, ...Object.values(facts().pids), ...broker].flatMap(withChildren))];
}

/** The power goes: nobody gets to say goodbye. */
export async function killAll(stack: Stack): Promise<void> {
  const pids = processesOf(stack);
  for (const pid of pids) process.kill(pid, 'SIGKILL');
  await eventually(
    () => pids.filter(isAlive),
    (left) => left.length === 0,
  );
}
