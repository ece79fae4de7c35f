// NODE_ENV=production does one thing: it refuses what is for development.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../services/identity/src/config.ts';

const root = join(__dirname, '..', '..');
const ours = { INTERNAL_KEYS_FILE: 'keys.json', INTERNAL_SIGNING_KEY: '{}', VAULT_KEYS: 'k1:x' };
const parsed = (more: Readonly<Record<string, string>>) => readConfig({ ...ours, ...more } as NodeJS.ProcessEnv);

test.each<[Readonly<Record<string, string>>, boolean]>([
  [{}, false],
  [{ NODE_ENV: 'production' }, false],
  [{ DEMO_SIGN_IN: 'true' }, true],
  [{ DEMO_SIGN_IN: 'true', NODE_ENV: 'development' }, true],
  [{ DEMO_SIGN_IN: 'false', NODE_ENV: 'production' }, false],
])('with %j demo people come in: %s', (env, comeIn) => {
  expect(parsed(env).demoSignIn).toBe(comeIn);
});

test('identity ends with 78 and the name of the setting where production is to let demo people in', () => {
  const env = { ...process.env, ...ours, NODE_ENV: 'production', DEMO_SIGN_IN: 'true' };
  const file = join(root, 'services', 'identity', 'dist', 'main.js');
  const { status, stderr } = spawnSync(process.execPath, [file], { env, encoding: 'utf8', timeout: 20_000 });
  expect([status, stderr]).toEqual([78, 'identity: DEMO_SIGN_IN: not with NODE_ENV=production\n']);
});

/** Bytes that the streams of services reserve together, as the command line plans them. */
function planned(more: Readonly<Record<string, string>>): number | string {
  const args = [join(root, 'tools', 'gts.mjs'), 'topology', 'plan', '--json'];
  const env = { ...process.env, GTS_DATA_DIR: '/nowhere', ...more };
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { env, encoding: 'utf8', timeout: 20_000 });
  if (status !== 0) return `${status}: ${stderr.trim()}`;
  const { streams } = JSON.parse(stdout) as { streams: { name: string; maxBytes: number }[] };
  return streams.filter(({ name }) => name.startsWith('EVT_')).reduce((sum, { maxBytes }) => sum + maxBytes, 0);
}

test('streams have their size by a setting of their own', () => {
  const [CONTEXTS, SHARE] = [5, 16];
  expect(planned({ STREAM_LIMITS: 'full' })).toBe(CONTEXTS * 2 ** 30);
  expect(planned({})).toBe((CONTEXTS * 2 ** 30) / SHARE);
  expect(planned({ NODE_ENV: 'production' })).toBe(planned({}));
  expect(planned({ STREAM_LIMITS: 'ful' })).toMatch(/STREAM_LIMITS: full or development/);
});

test('npm start, which makes its own secrets and lets demo people in, refuses production before it does anything', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gts-production-'));
  try {
    const dataDir = join(folder, 'data');
    const env = { ...process.env, NODE_ENV: 'production', GTS_DATA_DIR: dataDir };
    const starter = [join(root, 'tools', 'start.mjs')];
    const { status, stderr } = spawnSync(process.execPath, starter, { env, encoding: 'utf8', timeout: 20_000 });
    expect([status, stderr]).toEqual([78, expect.stringMatching(/^NODE_ENV: production is not for npm start/)]);
    expect(existsSync(dataDir)).toBe(false);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
