import { describeOnMongo, manualClock, mongoDatabases } from '@gts/testing';
import { MongoClient } from 'mongodb';
import { migrate } from '../migrations';
import { A, insert, message, things } from '../suite/kit';
import { openMongoStore } from './store';

const clock = manualClock(Math.floor(performance.timeOrigin));
const common = { appName: 'rights', clock } as const;
const PASSWORD = 'of the service';

/** Address of the same database for a user of its name, who has `readWrite` there and nothing else. */
async function forItsUser(admin: string): Promise<string> {
  const client = new MongoClient(admin);
  const db = client.db();
  const user = db.databaseName;
  await db.command({ createUser: user, pwd: PASSWORD, roles: [{ role: 'readWrite', db: user }] });
  await client.close();
  const url = new URL(admin);
  Object.assign(url, { username: user, password: PASSWORD });
  url.searchParams.set('authSource', user);
  return url.href;
}

async function forget(admin: string): Promise<void> {
  const client = new MongoClient(admin);
  await client.db().command({ dropUser: client.db().databaseName });
  await client.close();
}

describeOnMongo('a replica set', () => {
  const databases = mongoDatabases('rights');
  const admin = databases.fresh();
  let url: string;
  beforeAll(async () => void (url = await forItsUser(admin)));
  afterAll(async () => {
    await forget(admin);
    await databases.drop();
  });

  test('a store does all it does with readWrite on its own database', async () => {
    const store = await openMongoStore({ ...common, url });
    await migrate({ store, ctx: A, owner: 'job', collections: [things] }, []);
    await insert(store, 'one', { n: 1, tags: ['t'] });
    await store.transaction(A, async (unit) => {
      unit.outbox.add(message(1));
      await unit.inbox.insert('consumer', message(2).id, 'digest');
      await unit.collection(things).delete('one');
    });
    expect(await store.leases.acquire('mine', 'we', 1000)).toBe(1);
    expect(await store.outbox.heads([message(1).orderKey], 1)).toBeInstanceOf(Map);
    await store.sweep([things]);
    expect(await store.health()).toEqual({ ok: true, durability: 'strict' });
    await store.close();
  });

  test.each([
    ['a wrong password', (right: URL) => Object.assign(right, { password: 'another' })],
    ["another's database", (right: URL) => Object.assign(right, { pathname: '/somebody_elses' })],
  ])('%s is refused with the code of the store', async (_what, change) => {
    const opening = openMongoStore({ ...common, url: change(new URL(url)).href });
    await expect(opening).rejects.toMatchObject({ code: 'STORE.ACCESS_DENIED' });
  });

  test('a user that is gone is refused', async () => {
    await forget(admin);
    await expect(openMongoStore({ ...common, url })).rejects.toMatchObject({ code: 'STORE.ACCESS_DENIED' });
    url = await forItsUser(admin);
  });
});
