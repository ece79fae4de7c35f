import type { MongoClient } from 'mongodb';
import { connectRaw } from '../spec-support/raw-client.ts';
import { lack, startWorld, type World } from '../spec-support/world.ts';

const missing = lack();
const describeHere = missing === undefined ? describe : describe.skip;
const FIRST_START_MS = 300_000;
const ROOT = { name: 'root', password: 'first, secret=1' };
const UNAUTHORIZED = { code: 13 };

describeHere(`users of the wire server${missing === undefined ? '' : ` (${missing})`}`, () => {
  let world: World;
  let address: string;
  let root: MongoClient;
  let service: MongoClient;
  const as = (username: string, password: string, authSource: string) =>
    world.connect(address, { auth: { username, password }, authSource });

  beforeAll(async () => {
    world = await startWorld();
    address = await world.gateway({ root: ROOT });
    root = await as(ROOT.name, ROOT.password, 'admin');
    const roles = [{ role: 'readWrite', db: 'shootouts' }];
    await root.db('shootouts').command({ createUser: 'shootouts', pwd: 'pw', roles });
    service = await as('shootouts', 'pw', 'shootouts');
    await root.db('identity').collection('users').insertOne({ secret: true });
  }, FIRST_START_MS);
  afterAll(() => world.stop());

  test('without a sign-in only greetings are answered', async () => {
    const wire = await connectRaw(address);
    expect(await wire.ask({ ping: 1, $db: 'admin' })).toMatchObject({ ok: 1 });
    expect(await wire.ask({ find: 'users', $db: 'identity' })).toMatchObject({ ok: 0, ...UNAUTHORIZED });
    wire.close();
  });

  test.each([
    ['a wrong password', ['shootouts', 'pv', 'shootouts']],
    ['a name that nobody has', ['nobody', 'pw', 'shootouts']],
    ['the database of another', ['shootouts', 'pw', 'identity']],
  ] as const)('%s is refused with 18', async (_, [name, password, source]) => {
    await expect(as(name, password, source)).rejects.toMatchObject({ code: 18 });
  });

  test('its own database is open to a user, with all that migrations do', async () => {
    const db = service.db('shootouts');
    await db.createCollection('things');
    await db.collection('things').createIndex({ k: 1 }, { name: 'byK', unique: true });
    await service.withSession((session) =>
      session.withTransaction(async () => void (await db.collection('things').insertOne({ k: 1 }, { session }))),
    );
    expect(await db.collection('things').countDocuments()).toBe(1);
    await db.collection('things').dropIndex('byK');
    await db
      .collection('things')
      .aggregate([{ $out: 'copy' }])
      .toArray();
    expect(await db.collection('copy').countDocuments()).toBe(1);
  });

  test.each<[string, (client: MongoClient) => Promise<unknown>]>([
    ['reads of', (client) => client.db('identity').collection('users').findOne()],
    ['writes to', (client) => client.db('identity').collection('users').insertOne({})],
    [
      'a copy into',
      (client) =>
        client
          .db('shootouts')
          .collection('a')
          .aggregate([{ $out: { db: 'identity', coll: 'a' } }])
          .toArray(),
    ],
    [
      'a merge into',
      (client) => {
        const merge = { $merge: { into: { db: 'identity', coll: 'a' } } };
        return client.db('shootouts').collection('a').aggregate([merge]).toArray();
      },
    ],
    ['a renaming into', (client) => client.db('admin').command({ renameCollection: 'shootouts.a', to: 'identity.a' })],
    ['a new user of', (client) => client.db('identity').command({ createUser: 'x', pwd: 'x', roles: ['readWrite'] })],
  ])('%s another database are refused with 13', async (_, act) => {
    await expect(act(service)).rejects.toMatchObject(UNAUTHORIZED);
  });

  test('what is beyond readWrite is refused in its own database, too', async () => {
    await expect(service.db('shootouts').dropDatabase()).rejects.toMatchObject(UNAUTHORIZED);
    await expect(service.db('admin').command({ replSetGetStatus: 1 })).rejects.toMatchObject(UNAUTHORIZED);
  });

  test('users outlive their gateway, and are made once', async () => {
    const next = await world.gateway({ root: ROOT });
    const auth = { username: 'shootouts', password: 'pw' };
    const again = await world.connect(next, { auth, authSource: 'shootouts' });
    expect(await again.db('shootouts').command({ ping: 1 })).toMatchObject({ ok: 1 });
    const twice = root.db('shootouts').command({ createUser: 'shootouts', pwd: 'other', roles: ['readWrite'] });
    await expect(twice).rejects.toMatchObject({ code: 51_003 });
  });

  test('a dropped user does not come in again', async () => {
    await root.db('notes').command({ createUser: 'notes', pwd: 'pw', roles: ['readWrite'] });
    await root.db('notes').command({ dropUser: 'notes' });
    await expect(as('notes', 'pw', 'notes')).rejects.toMatchObject({ code: 18 });
    await expect(root.db('notes').command({ dropUser: 'notes' })).rejects.toMatchObject({ code: 11 });
  });

  test('a new password takes the place of the old one, and leaves the databases', async () => {
    const notes = root.db('notes');
    await notes.command({ createUser: 'changing', pwd: 'old', roles: ['readWrite'] });
    await notes.command({ updateUser: 'changing', pwd: 'new' });
    await expect(as('changing', 'old', 'notes')).rejects.toMatchObject({ code: 18 });
    const changed = await as('changing', 'new', 'notes');
    expect(await changed.db('notes').collection('a').countDocuments()).toBe(0);
    await notes.command({ updateUser: 'changing', roles: [{ role: 'readWrite', db: 'drafts' }] });
    const moved = await as('changing', 'new', 'notes');
    expect(await moved.db('drafts').collection('a').countDocuments()).toBe(0);
    await expect(moved.db('notes').collection('a').findOne()).rejects.toMatchObject(UNAUTHORIZED);
  });

  test.each([
    ['that nobody has', { updateUser: 'nobody', pwd: 'x' }, 11],
    ['with nothing new', { updateUser: 'shootouts' }, 2],
    ['with a role that is not known', { updateUser: 'shootouts', roles: ['read'] }, 31],
  ])('a change of a user %s is refused', async (_, command, code) => {
    await expect(root.db('shootouts').command(command)).rejects.toMatchObject({ code });
  });

  test('a service may not change users, not even itself', async () => {
    const own = service.db('shootouts').command({ updateUser: 'shootouts', roles: ['readWrite'] });
    await expect(own).rejects.toMatchObject(UNAUTHORIZED);
  });

  test('what is a set already is not made one again', async () => {
    const config = { _id: 'rs0', members: [{ _id: 0, host: 'mongodb:27017' }] };
    await expect(root.db('admin').command({ replSetInitiate: config })).rejects.toMatchObject({ code: 23 });
  });

  test.each([
    ['a finer role', { pwd: 'x', roles: ['read'] }, 31],
    ['no roles', { pwd: 'x' }, 2],
    ['a password that would need preparation', { pwd: 'pässword', roles: [] }, 2],
  ])('a user with %s is refused', async (_, parts, code) => {
    await expect(root.db('notes').command({ createUser: 'odd', ...parts })).rejects.toMatchObject({ code });
  });

  test('a gateway without a first user asks nobody, yet keeps who signs in to its databases', async () => {
    const open = await world.gateway();
    const anybody = await world.connect(open);
    expect(await anybody.db('identity').collection('users').countDocuments()).toBe(1);
    const auth = { username: 'shootouts', password: 'pw' };
    const known = await world.connect(open, { auth, authSource: 'shootouts' });
    await expect(known.db('identity').collection('users').findOne()).rejects.toMatchObject(UNAUTHORIZED);
  });

  test('clients go to the address that is advertised', async () => {
    const wire = await connectRaw(await world.gateway({ advertise: 'mongodb:27017' }));
    const hello = { hosts: ['mongodb:27017'], me: 'mongodb:27017', primary: 'mongodb:27017' };
    expect(await wire.ask({ hello: 1, $db: 'admin' })).toMatchObject(hello);
    wire.close();
  });
});
