import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clockOf, idFactory } from '@gts/kernel';
import { createLogger } from '@gts/observability';
import { collection, type Migration } from '@gts/persistence';
import { z } from 'zod';
import { runMigrate } from './migrating';
import { ensureStore } from './open-store';
import { commonSettings, parseConfig } from './settings';

const notes = collection('notes', { schema: z.object({ text: z.string() }), scope: 'global' });
const ctx = {
  tenantId: 'system',
  actor: { kind: 'service', id: 'shootouts' },
  correlationId: 'c',
  causationId: 'c',
} as never;
const adding = (revision = 1): Migration => ({
  name: '0001-first-note',
  phase: 'expand',
  revision,
  up: (store) =>
    store.transaction(ctx, async (unit) => void (await unit.collection(notes).insert('first', { text: 'hello' }))),
});

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'gts-migrate-'))));
afterEach(() => rm(folder, { recursive: true }));

const clock = clockOf(() => 1_700_000_000_000);
const config = (more = {}) =>
  parseConfig(commonSettings, {
    GTS_DATA_DIR: folder,
    LOG_LEVEL: 'error',
    INTERNAL_KEYS_FILE: 'keys',
    INTERNAL_SIGNING_KEY: 'key',
    ...more,
  });
const specWith = (migrations: readonly Migration[]) => ({
  service: 'shootouts' as const,
  settings: commonSettings,
  readConfig: () => config(),
  collections: [notes],
  migrations,
});
/** Opens the store as a start of the service does, and tells what was found in it. */
async function started(migrations: readonly Migration[], settings = {}): Promise<string | undefined> {
  const logger = createLogger({ service: 'shootouts', version: '0', level: 'error' });
  const readiness = { set: () => undefined };
  const common = { service: 'shootouts' as const, clock, logger, readiness, newId: idFactory(() => clock.epochMs()) };
  const store = await ensureStore({ ...common, config: config(settings) }, specWith(migrations));
  const found = await store.collection(notes, ctx).find('first');
  await store.close();
  return found?.text;
}

test('a start applies the migrations of its service once', async () => {
  expect(await started([adding()])).toBe('hello');
  expect(await started([adding()])).toBe('hello');
});
test('the job applies them, and a service that may only look starts on that', async () => {
  await runMigrate(specWith([adding()]));
  expect(await started([adding()], { MIGRATIONS: 'verify' })).toBe('hello');
  await runMigrate(specWith([adding()]));
});
test('a migration of another revision than the applied one ends the start', async () => {
  await started([adding(1)]);
  await expect(started([adding(2)])).rejects.toMatchObject({ code: 'STORE.MIGRATION_REFUSED' });
});
