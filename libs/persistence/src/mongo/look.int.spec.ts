import { describeOnMongo, manualClock, mongoDatabases } from '@gts/testing';
import { MongoClient } from 'mongodb';
import { migrate, type Migration } from '../migrations';
import { A, things } from '../suite/kit';
import { lookIntoMongo } from './look';
import { openMongoStore } from './store';

const clock = manualClock(Math.floor(performance.timeOrigin));
const named = (name: string, phase: Migration['phase']): Migration => ({
  name,
  phase,
  revision: 1,
  up: () => Promise.resolve(),
});

describeOnMongo('a look at a database of MongoDB', () => {
  const databases = mongoDatabases('look');
  afterAll(() => databases.drop());

  const look = (url: string) => lookIntoMongo({ url, withinMs: 5000 });
  async function migrated(...migrations: readonly Migration[]): Promise<string> {
    const url = databases.fresh();
    const store = await openMongoStore({ url, appName: 'look', clock });
    await migrate({ store, ctx: A, owner: 'job', collections: [things] }, migrations);
    await store.close();
    return url;
  }
  async function changed(url: string, change: (client: MongoClient) => Promise<unknown>): Promise<void> {
    const client = new MongoClient(url);
    await change(client);
    await client.close();
  }

  test('nothing was made: every collection of the library is missing, and the look makes none', async () => {
    const url = databases.fresh();
    const { missing, contracted, replicaSet, members } = await look(url);
    expect([missing.length, contracted, replicaSet, members]).toEqual([6, [], 'rs0', 1]);
    expect((await look(url)).missing).toEqual(missing);
  });

  test('a migrated one: nothing is missing, writes are acknowledged as a unit asks for it', async () => {
    const found = await look(await migrated(named('0001-adds', 'expand')));
    expect(found).toMatchObject({ durability: 'strict', missing: [], contracted: [] });
    expect(found.bytes).toBeGreaterThan(0);
  });

  test('what a later release took away is named', async () => {
    const url = await migrated(named('0001-adds', 'expand'), named('0002-takes', 'contract'));
    expect((await look(url)).contracted).toEqual(['0002-takes']);
  });

  test('an index that somebody dropped is named', async () => {
    const url = await migrated();
    await changed(url, (client) => client.db().collection('outbox').dropIndex('due'));
    expect((await look(url)).missing).toEqual([expect.stringContaining('index due of outbox')]);
  });
});
