import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { describeOnMongo, manualClock, mongoDatabases } from '@gts/testing';
import { BSON } from 'mongodb';
import { migrate, verifyMigrated } from '../migrations';
import { A, insert, things } from '../suite/kit';
import { connect } from './connect';
import { openMongoStore } from './store';

const clock = manualClock(Math.floor(performance.timeOrigin));
const common = { appName: 'opening', clock } as const;

/** A server that answers every command with the same document. */
async function answering(more: object): Promise<Server> {
  const hello = { ok: 1, isWritablePrimary: true, helloOk: true, minWireVersion: 0, ...more };
  const limits = { maxBsonObjectSize: 16_777_216, maxMessageSizeBytes: 48_000_000, maxWriteBatchSize: 100_000 };
  const body = BSON.serialize({ ...hello, ...limits, logicalSessionTimeoutMinutes: 30 });
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (message) => {
      const isQuery = message.readInt32LE(12) === 2004;
      const head = Buffer.alloc(isQuery ? 36 : 21);
      head.writeInt32LE(head.length + body.length, 0);
      head.writeInt32LE(message.readInt32LE(4), 8);
      head.writeInt32LE(isQuery ? 1 : 2013, 12);
      if (isQuery) head.writeInt32LE(1, 32);
      socket.write(Buffer.concat([head, body]));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

test.each([
  ['not a replica set', { maxWireVersion: 21 }],
  ['older than MongoDB 7.0', { maxWireVersion: 17, setName: 'rs0', hosts: ['127.0.0.1:1'] }],
])('a server that is %s is refused by name', async (what, hello) => {
  const server = await answering(hello);
  const url = `mongodb://127.0.0.1:${(server.address() as AddressInfo).port}/db?directConnection=true`;
  const opening = openMongoStore({ ...common, url });
  await expect(opening).rejects.toMatchObject({
    code: 'STORE.UNAVAILABLE',
    message: expect.stringContaining(what) as string,
  });
  server.close();
});

test('an address without a database is refused', async () => {
  await expect(openMongoStore({ ...common, url: 'mongodb://127.0.0.1:1/?replicaSet=rs0' })).rejects.toMatchObject({
    code: 'STORE.UNAVAILABLE',
  });
});

describeOnMongo('a replica set', () => {
  const databases = mongoDatabases('opening');
  afterAll(() => databases.drop());

  test('what may only look waits for the migration, then works', async () => {
    const url = databases.fresh();
    const looking = () => openMongoStore({ ...common, url, migrations: 'verify' });
    await expect(looking()).rejects.toMatchObject({ code: 'STORE.SCHEMA_MISSING' });
    const migrating = await openMongoStore({ ...common, url });
    const early = await looking();
    const kept = { store: early, ctx: A, collections: [things] };
    await expect(verifyMigrated(kept, [])).rejects.toMatchObject({ code: 'STORE.SCHEMA_MISSING' });
    await migrate({ store: migrating, ctx: A, owner: 'job', collections: [things] }, []);
    await migrating.close();
    await verifyMigrated(kept, []);
    await insert(early, 'one', { n: 1 });
    await early.close();
  });

  test('rows of the release before are found through an index that is new', async () => {
    const url = databases.fresh();
    const one = await openMongoStore({ ...common, url });
    await insert(one, 'one', { tags: ['t'], slug: 's' });
    const listed = {
      ...things,
      indexes: {
        ...things.indexes,
        byLabel: { has: 'tags', fields: [] },
        byN: { fields: ['slug', 'n'], unique: true },
      },
    };
    const two = await openMongoStore({ ...common, url });
    const query = { index: 'byLabel', where: { tags: 't' } };
    expect((await two.collection(listed, A).query(query)).items.map(({ meta }) => meta.id)).toEqual(['one']);
    // During a roll-over the older replica goes on writing rows in its shape; the sweep gives them their keys.
    await insert(one, 'late', { tags: ['t'] });
    await two.sweep([listed]);
    expect((await two.collection(listed, A).query(query)).items.map(({ meta }) => meta.id)).toEqual(['late', 'one']);
    await one.close();
    await two.close();
  });

  test('processes that open one database together make everything once', async () => {
    const url = databases.fresh();
    const stores = await Promise.all(Array.from({ length: 4 }, () => openMongoStore({ ...common, url })));
    await Promise.all(stores.map((store, at) => insert(store, `${at}`, { n: at })));
    expect((await stores[0]?.scan(things, { limit: 9 }))?.items.length).toBe(4);
    for (const store of stores) await store.close();
  });

  test('what an address says about concerns does not count', async () => {
    const url = new URL(databases.fresh());
    const weaker = { w: '1', journal: 'false', readConcernLevel: 'local', readPreference: 'secondary' };
    for (const [name, value] of Object.entries({ ...weaker, retryWrites: 'false' })) url.searchParams.set(name, value);
    const { client, db } = await connect({ url: url.href, appName: 'opening', poolMax: 2 });
    const { readConcern, writeConcern, readPreference } = db.collection('c');
    expect([readConcern?.level, readPreference?.mode]).toEqual(['majority', 'primary']);
    expect([writeConcern?.w, writeConcern?.journal]).toEqual(['majority', true]);
    const { retryWrites, retryReads, maxPoolSize } = client.options;
    expect([retryWrites, retryReads, maxPoolSize]).toEqual([true, true, 2]);
    await client.close();
  });

  test('a store says how it is', async () => {
    const store = await openMongoStore({ ...common, url: databases.fresh() });
    expect(await store.health()).toEqual({ ok: true, durability: 'strict' });
    await store.close();
  });
});
