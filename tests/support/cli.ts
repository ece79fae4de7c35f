import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { eventually } from './eventually';

const root = join(__dirname, '..', '..');

export type Ended = Readonly<{ code: number | null; stdout: string; stderr: string }>;

/** Runs a program to its end and keeps what it said. */
export async function run(
  command: string,
  args: readonly string[],
  { env = {}, cwd = root }: Readonly<{ env?: Readonly<Record<string, string>>; cwd?: string }> = {},
): Promise<Ended> {
  const child = spawn(command, [...args], { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => (said.stdout += String(chunk)));
  child.stderr.on('data', (chunk) => (said.stderr += String(chunk)));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...said };
}

type Examined = Readonly<{ url: string; dataDir: string; env?: Readonly<Record<string, string>> }>;

/** `gts doctor` of a stack, with what its starter wrote down, and the environment that it was started with. */
export const doctorOf = ({ url, dataDir, env = {} }: Examined, ...args: string[]): Promise<Ended> =>
  run(process.execPath, [join(root, 'tools/gts.mjs'), 'doctor', ...args], {
    env: { ...env, GTS_URL: url, GTS_TOKEN: '', GTS_DATA_DIR: dataDir },
  });

/** What the doctor finds wrong, asked until that is nothing: on a busy machine an answer may come late. */
export const healthy = (stack: Examined): Promise<string[]> =>
  eventually(
    async () => (await doctorOf(stack)).stdout.split('\n').filter((line) => line.startsWith('FAIL')),
    (wrong) => wrong.length === 0,
    { everyMs: 1000 },
  );

/** The command line as a person calls it, against the stack at `url`. */
export const gts = (url: string, ...args: string[]): Promise<Ended> =>
  run(process.execPath, [join(root, 'tools/gts.mjs'), ...args], { env: { GTS_URL: url, GTS_TOKEN: '' } });
