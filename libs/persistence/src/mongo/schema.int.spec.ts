import { describeOnMongo, manualClock, mongoDatabases } from '@gts/testing';
import { MongoClient } from 'mongodb';
import type { CollectionDef } from '../ports';
import { A, things } from '../suite/kit';
import { openMongoStore } from './store';

const clock = manualClock(Math.floor(performance.timeOrigin));

describeOnMongo('a replica set', () => {
  const databases = mongoDatabases('schema');
  afterAll(() => databases.drop());

  /** Keys of the indexes after each release has opened the database and written. */
  async function keysAfter(...releases: readonly CollectionDef[]): Promise<string[]> {
    const url = databases.fresh();
    for (const [at, def] of releases.entries()) {
      const store = await openMongoStore({ url, appName: 'schema', clock });
      await store.transaction(A, (unit) => unit.collection(def).insert(`${at}`, { slug: `s${at}`, n: at }));
      await store.close();
    }
    const client = new MongoClient(url);
    const indexes = await client.db().collection(`c_${things.name}`).listIndexes().toArray();
    await client.close();
    return indexes.map(({ key }) => JSON.stringify(key));
  }
  const withIndexes = (indexes: CollectionDef['indexes']) => ({ ...things, indexes }) as typeof things;

  // A server of MongoDB refuses the second of two such indexes, and with it the start of the release.
  test('an index whose keys another name has already is not made again', async () => {
    const one = { fields: ['n'] };
    const keys = await keysAfter(withIndexes({ byN: one, byNumber: one }));
    expect(new Set(keys).size).toBe(keys.length);
  });

  test('a unique index over other fields takes the place of the one before', async () => {
    const before = withIndexes({ once: { fields: ['slug'], unique: true } });
    const after = withIndexes({ once: { fields: ['slug', 'n'], unique: true } });
    const keys = await keysAfter(before, after);
    expect(keys.filter((key) => key.includes('unique.once'))).toHaveLength(1);
  });
});
