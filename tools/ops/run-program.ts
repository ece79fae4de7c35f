import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** The folder of the repository. */
export const root = join(import.meta.dirname, '..', '..');

export type Ended = Readonly<{ ok: boolean; stdout: string; text: string }>;

/** Runs a program to its end in the repository; undefined where the machine does not have it. */
export function runProgram(command: string, args: readonly string[]): Ended | undefined {
  const { status, stdout, stderr, error } = spawnSync(command, [...args], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  if (error) return undefined;
  return { ok: status === 0, stdout, text: `${stdout}${stderr}`.trim() };
}
