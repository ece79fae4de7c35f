import { join } from 'node:path';
import { freePort } from '@gts/testing';
import { run } from './cli';
import { eventually } from './eventually';

const GTS = join(__dirname, '..', '..', 'tools', 'gts.mjs');
type Env = Readonly<Record<string, string>>;
export type Finding = Readonly<{ level: 'ok' | 'warn' | 'FAIL'; area: string; text: string; next?: string }>;

/** `gts doctor` where no stack runs: it looks at what the environment names. */
export async function doctorIn(folder: string, env: Env) {
  const start = performance.now();
  const url = `http://localhost:${await freePort()}`;
  const common = { GTS_URL: url, GTS_TOKEN: '', GTS_DATA_DIR: folder, NATS_NKEY_FILE: '' } as const;
  const { code, stdout } = await run(process.execPath, [GTS, 'doctor', '--json'], { env: { ...common, ...env } });
  const seconds = (performance.now() - start) / 1000;
  return { code, stdout, seconds, found: JSON.parse(stdout) as Finding[] };
}

/** The same once the broker answered in time, which a busy machine may be too slow for. */
export const seenIn = (folder: string, env: Env) =>
  eventually(
    () => doctorIn(folder, env),
    ({ found }) => found.some(({ area }) => area === 'topology'),
  );

export const failures = (found: readonly Finding[], area: string): string[] =>
  found.filter((each) => each.area === area && each.level === 'FAIL').map(({ text }) => text);
