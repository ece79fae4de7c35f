import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { MongoClient } from 'mongodb';
import { connectRaw } from '../spec-support/raw-client.ts';
import { environment, lack, startWorld, type World } from '../spec-support/world.ts';

const missing = lack();
const describeHere = missing === undefined ? describe : describe.skip;
const FIRST_START_MS = 300_000;
const ROOT = { name: 'root', password: 'first, secret=1' };
const COMMAND = join(__dirname, '..', '..', 'cli', 'main.mjs');

const folder = mkdtempSync(join(tmpdir(), 'gts-store-init-'));
const fileOf = (name: string) => join(folder, name);
const setPassword = (service: string, password: string) =>
  writeFileSync(fileOf(`${service}-store-url`), `mongodb://${service}:${password}@mongodb:27017/${service}\n`);

afterAll(() => rmSync(folder, { recursive: true }));

type Ended = Readonly<{ code: number; told: readonly string[] }>;
const exec = promisify(execFile);

/** `gts store init` as compose calls it. */
async function init(member: string, more: readonly string[] = []): Promise<Ended> {
  const args = [COMMAND, 'store', 'init', '--member', member, '--secrets', folder, '--wait', '20s', ...more];
  const env = { ...environment, STORE_ROOT_PASSWORD_FILE: fileOf('root-password') };
  const linesOf = (stderr: string) => stderr.trim().split('\n').toSorted();
  try {
    const { stderr } = await exec(process.execPath, args, { env });
    return { code: 0, told: linesOf(stderr) };
  } catch (error) {
    const { code, stderr } = error as { code: number; stderr: string };
    return { code, told: linesOf(stderr) };
  }
}

async function asked(address: string, command: Readonly<Record<string, unknown>>) {
  const wire = await connectRaw(address);
  const answer = await wire.ask({ ...command, $db: 'admin' });
  wire.close();
  return answer;
}
/** Signed in where nothing is known of a set yet. */
const rootAt = (address: string) =>
  new MongoClient(`mongodb://${address}/`, {
    auth: { username: ROOT.name, password: ROOT.password },
    authSource: 'admin',
    directConnection: true,
  }).connect();
const hello = (address: string) => asked(address, { hello: 1 });

describeHere(`gts store init${missing === undefined ? '' : ` (${missing})`}`, () => {
  let world: World;
  let member: string;
  const signIn = (service: string, password: string) =>
    world.connect(member, { auth: { username: service, password }, authSource: service });

  beforeAll(async () => {
    writeFileSync(fileOf('root-password'), `${ROOT.password}\n`);
    setPassword('identity', 'one');
    setPassword('shootouts', 'pass%20word');
    world = await startWorld();
    member = await world.gateway({ root: ROOT, uninitiated: true });
  }, FIRST_START_MS);
  afterAll(() => world.stop());

  test('finds a server that is no replica set and may not be written', async () => {
    const before = await hello(member);
    expect([before['setName'], before['isWritablePrimary'], before['isreplicaset']]).toEqual([undefined, false, true]);
    const root = await rootAt(member);
    const admin = root.db('admin');
    await expect(admin.command({ replSetGetStatus: 1 })).rejects.toMatchObject({ code: 94 });
    const early = { createUser: 'early', pwd: 'x', roles: ['readWrite'] };
    await expect(admin.command(early)).rejects.toMatchObject({ code: 10_107 });
    await expect(admin.command({ find: 'things' })).rejects.toMatchObject({ code: 10_107 });
    const members = [{ _id: 0, host: 'a:1' }];
    await expect(admin.command({ replSetInitiate: { _id: 'other', members } })).rejects.toMatchObject({ code: 93 });
    await expect(admin.command({ replSetInitiate: {} })).rejects.toMatchObject({ code: 93 });
    await root.close();
  });

  test('cannot begin with the wrong password of root', async () => {
    writeFileSync(fileOf('wrong'), 'wrong');
    const args = [COMMAND, 'store', 'init', '--member', member, '--secrets', folder, '--wait', '1s'];
    const env = { ...environment, STORE_ROOT_PASSWORD_FILE: fileOf('wrong') };
    const failure = { code: 1, stderr: expect.stringContaining('Authentication failed') as string };
    await expect(exec(process.execPath, args, { env })).rejects.toMatchObject(failure);
  });

  test('the first time makes the set, waits for its primary, and makes the users', async () => {
    expect(await init(member)).toEqual({ code: 0, told: ['user identity made', 'user shootouts made'] });
    expect(await hello(member)).toMatchObject({ setName: 'rs0', isWritablePrimary: true, hosts: [member], me: member });
    const own = await signIn('shootouts', 'pass word');
    await own.db('shootouts').collection('things').insertOne({ k: 1 });
    await expect(own.db('identity').collection('users').findOne()).rejects.toMatchObject({ code: 13 });
  });

  test('the second time finds everything there', async () => {
    expect(await init(member)).toEqual({ code: 0, told: ['user identity is there', 'user shootouts is there'] });
  });

  test('a changed password is made true for its user alone', async () => {
    setPassword('identity', 'two');
    const told = ['user identity has a new password', 'user shootouts is there'];
    expect(await init(member)).toEqual({ code: 0, told });
    await expect(signIn('identity', 'one')).rejects.toMatchObject({ code: 18 });
    const own = await signIn('identity', 'two');
    await own.db('identity').collection('users').insertOne({ k: 1 });
    expect(await init(member)).toEqual({ code: 0, told: ['user identity is there', 'user shootouts is there'] });
  });

  test('a set is made once, and outlives the server', async () => {
    const again = await world.gateway({ root: ROOT, uninitiated: true });
    const root = await rootAt(again);
    const members = [{ _id: 0, host: again }];
    const twice = root.db('admin').command({ replSetInitiate: { _id: 'rs0', members } });
    await expect(twice).rejects.toMatchObject({ code: 23 });
    await root.close();
    expect(await hello(again)).toMatchObject({ setName: 'rs0', hosts: [member] });
  });

  test('is told where a server is reached that its members know by another name', async () => {
    expect((await init('mongodb:27017', ['--at', member])).code).toBe(0);
  });
});

describeHere(`two runs of gts store init at once${missing === undefined ? '' : ` (${missing})`}`, () => {
  test(
    'make one set, and each user once',
    async () => {
      writeFileSync(fileOf('root-password'), ROOT.password);
      const world = await startWorld();
      try {
        const member = await world.gateway({ root: ROOT, uninitiated: true });
        const both = await Promise.all([init(member), init(member)]);
        expect(both.map(({ code }) => code)).toEqual([0, 0]);
        expect(await init(member)).toMatchObject({ told: [expect.stringContaining('is there'), expect.anything()] });
      } finally {
        await world.stop();
      }
    },
    FIRST_START_MS,
  );
});
