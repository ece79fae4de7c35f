import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** The system's programs, and messages in English. */
export const SYSTEM_ENV = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' } as const;

type Options = Readonly<{ env?: Readonly<Record<string, string>> }>;

/** Runs a program to its end and gives its output. @throws Error with the last lines it wrote */
export async function run(program: string, args: readonly string[], { env = {} }: Options = {}): Promise<string> {
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...SYSTEM_ENV, ...env },
  });
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk) => (output += String(chunk)));
  child.stderr.on('data', (chunk) => (errors += String(chunk)));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code === 0) return output;
  const last = (errors.trim() || output.trim()).split('\n').slice(-3).join(' | ');
  throw new Error(`${program} ${args[0] ?? ''} failed: ${last}`);
}
