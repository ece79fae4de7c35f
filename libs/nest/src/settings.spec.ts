import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import {
  commonSettings,
  durationSetting,
  parseConfig,
  secretSetting,
  secretsOf,
  type SettingsError,
  unknownSettings,
} from './settings';

const needed = { INTERNAL_KEYS_FILE: '/keys.json', INTERNAL_SIGNING_KEY: '{}' };
const linesOf = (act: () => unknown): readonly string[] => {
  try {
    act();
  } catch (error) {
    return (error as SettingsError).lines;
  }
  throw new Error('nothing was refused');
};

test('defaults stand for what is not given, durations become milliseconds', () => {
  expect(parseConfig(commonSettings, { ...needed, SHUTDOWN_DELAY: '5s' })).toMatchObject({
    LOG_LEVEL: 'info',
    SHUTDOWN_DELAY: 5000,
    NATS_URL: 'nats://127.0.0.1:4222',
    STREAM_LIMITS: 'development',
  });
});

test('every wrong variable has its own line, without its value', () => {
  const lines = linesOf(() => parseConfig(commonSettings, { ...needed, OPS_PORT: '99999', LOG_LEVEL: 'canary' }));
  expect(lines.map((line) => line.split(':')[0])).toEqual(['LOG_LEVEL', 'OPS_PORT']);
  expect(lines.join()).not.toContain('canary');
});

test('an authority that cannot be read is refused at once', () => {
  const of = (file: string) => parseConfig(commonSettings, { ...needed, NATS_CA_FILE: file }).NATS_CA_FILE;
  expect(linesOf(() => of('/nowhere/ca.pem'))).toEqual(['NATS_CA_FILE: cannot read it']);
  expect(of(__filename)).toBe(__filename);
});

test('a secret may come from a file, without its last line feed, but not twice', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'gts-secret-')), 'key');
  writeFileSync(file, 'abc\n');
  const shape = { VAULT_KEYS: secretSetting(z.string()) };
  expect(parseConfig(shape, { VAULT_KEYS_FILE: file })).toEqual({ VAULT_KEYS: 'abc' });
  expect(linesOf(() => parseConfig(shape, { VAULT_KEYS_FILE: file, VAULT_KEYS: 'x' }))[0]).toContain('given twice');
});

test('a file that cannot be read is told by its name; only secrets come from files', () => {
  const shape = { VAULT_KEYS: secretSetting(z.string().optional()), NATS_URL: z.string().default('nats://here') };
  expect(linesOf(() => parseConfig(shape, { VAULT_KEYS_FILE: '/no/such' }))).toEqual([
    'VAULT_KEYS_FILE: cannot read /no/such',
  ]);
  expect(parseConfig(shape, { NATS_URL_FILE: '/etc/hostname' })).toEqual({ NATS_URL: 'nats://here' });
  expect(secretsOf(shape)).toEqual(['VAULT_KEYS']);
});

test('names of our families that nobody reads are told', () => {
  expect(unknownSettings(commonSettings, { NATS_URLS: 'x', NATS_URL: 'y', PATH: 'z', GTS_PORT: '1' })).toEqual([
    'NATS_URLS',
  ]);
  expect(unknownSettings(commonSettings, { NATS_NKEY_FILE: 'x', NATS_URL_FILE: 'y' })).toEqual(['NATS_URL_FILE']);
});

test.each(['5', 'soon', '-1s'])('%s is no duration', (text) => {
  expect(durationSetting.safeParse(text).success).toBe(false);
});
