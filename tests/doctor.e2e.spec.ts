import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serviceContext } from '@gts/messaging';
import { migrate, type Migration, openStore } from '@gts/persistence';
import { describeOnMongo, freePort, manualClock, mongoDatabases, newAuthority, startNats, withTls } from '@gts/testing';
import { doctorIn, failures, type Finding, seenIn } from './support/doctor';
import { eventually } from './support/eventually';

const folder = mkdtempSync(join(tmpdir(), 'gts-doctor-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
type Env = Readonly<Record<string, string>>;
const doctor = (env: Env) => doctorIn(folder, env);

test('with everything down it ends in time, says what does not answer, and tells no password', async () => {
  const [nats, mongo] = [await freePort(), await freePort()];
  const { code, stdout, seconds, found } = await doctor({
    NATS_URL: `nats://someone:secret-word@127.0.0.1:${nats}`,
    STORE_URL: `mongodb://shootouts:secret-word@127.0.0.1:${mongo}/shootouts?replicaSet=rs0`,
  });
  expect(code).toBe(2);
  // 3 s where nothing else runs; here only that it waits for nobody.
  expect(seconds).toBeLessThan(30);
  for (const area of ['broker', 'store', 'services', 'flow']) expect(failures(found, area)).toHaveLength(1);
  expect(found.filter(({ area }) => area === 'machine').length).toBeGreaterThan(1);
  expect(found.filter(({ level, next }) => level === 'FAIL' && !next)).toEqual([]);
  expect(stdout).not.toContain('secret-word');
});

test('a broker of our own authority is looked at with NATS_CA_FILE, and not without', async () => {
  const ours = newAuthority();
  const server = await startNats(...withTls(ours));
  const caFile = join(folder, 'ca.pem');
  writeFileSync(caFile, ours.ca);
  const NATS_URL = `tls://localhost:${server.port}`;
  const { found } = await seenIn(folder, { NATS_URL, NATS_CA_FILE: caFile });
  const without = await doctor({ NATS_URL });
  const lost = await doctor({ NATS_URL, NATS_CA_FILE: join(folder, 'lost.pem') });
  await server.stop();
  expect(failures(found, 'broker')).toEqual([]);
  expect(failures(without.found, 'broker')).toEqual([`no broker answers at ${NATS_URL}`]);
  expect(failures(lost.found, 'broker')).toEqual([expect.stringContaining('lost.pem')]);
});

/** A store of `service` as a release leaves it whose migrations are these. */
async function migrated(service: string, url: string, ...migrations: readonly Migration[]): Promise<void> {
  const store = await openStore({ url, service, clock: manualClock() });
  await migrate({ store, ctx: serviceContext('shootouts', 'migrate'), owner: 'a job' }, migrations);
  await store.close();
}
const takesAway: Migration = { name: '0001-takes-away', phase: 'contract', revision: 1, up: () => Promise.resolve() };
const aboutStores = (found: readonly Finding[]) => found.filter(({ area }) => area === 'store');

test('a file that a later release migrated fails, the others do not', async () => {
  const url = `file:${join(folder, 'stores')}`;
  await migrated('identity', url);
  await migrated('shootouts', url, takesAway);
  const { code, found } = await doctor({ STORE_URL: url });
  expect(code).toBe(1);
  expect(failures(found, 'store')).toEqual(['shootouts: migrated by a later release (0001-takes-away)']);
  expect(aboutStores(found).find(({ text }) => text.startsWith('identity'))?.level).toBe('ok');
});

describeOnMongo('databases of MongoDB', () => {
  const databases = mongoDatabases('doctor');
  afterAll(() => databases.drop());
  const ofService = (url: string, service: string): string => {
    const own = new URL(url);
    own.pathname += `_${service}`;
    return own.href;
  };
  const told = ({ level, text }: Finding) => `${level} ${text.replace(/^.*_/, '').replace(/, \d+ MiB$/, '')}`;

  test('one that a later release migrated fails, one that nobody made yet is a warning', async () => {
    const url = databases.fresh(['identity', 'shootouts']);
    await migrated('identity', ofService(url, 'identity'));
    await migrated('shootouts', ofService(url, 'shootouts'), takesAway);
    const { code, found } = await eventually(
      () => doctor({ STORE_URL: url }),
      (answer) => aboutStores(answer.found).length > 1,
    );
    expect(code).toBe(1);
    expect(aboutStores(found).map(told)).toEqual([
      'ok identity: MongoDB, replica set rs0 of 1, majority and journal',
      'warn gear-catalog: not migrated yet: outbox',
      'warn signal-chains: not migrated yet: outbox',
      'FAIL shootouts: migrated by a later release (0001-takes-away)',
      'warn rendering: not migrated yet: outbox',
    ]);
  });

  test('the address of one service is looked at alone', async () => {
    const url = ofService(databases.fresh(['shootouts']), 'shootouts');
    await migrated('shootouts', url);
    const { found } = await eventually(
      () => doctor({ STORE_URL: url }),
      (answer) => aboutStores(answer.found).some(({ text }) => text.includes('rs0')),
    );
    expect(aboutStores(found).map(told)).toEqual(['ok shootouts: MongoDB, replica set rs0 of 1, majority and journal']);
  });
});
