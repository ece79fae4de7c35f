import { describeOnMongo, manualClock, mongoDatabases } from '@gts/testing';
import type { Store } from '../ports';
import { expectWholeUnits, killedAfter, unitWriter } from '../suite/killing';
import { A, insert, things } from '../suite/kit';
import { openMongoStore } from './store';

const clock = manualClock(Math.floor(performance.timeOrigin));

/** Reads one document and writes it with one more, as a use case would. */
const increment = (store: Store) =>
  store.transaction(A, async (unit) => {
    const rows = unit.collection(things);
    const { meta, ...state } = await rows.get('one');
    await rows.replace('one', meta.version, { ...state, n: (state.n ?? 0) + 1 });
  });

describeOnMongo('a replica set', () => {
  const databases = mongoDatabases('contention');
  afterAll(() => databases.drop());

  test('S30 kill -9 in the middle of 1,000 units: every resolved one is there, none is half, leases end by themselves', async () => {
    const url = databases.fresh();
    const told = await killedAfter(unitWriter(url), 1000);
    const store = await openMongoStore({ url, appName: 'contention', clock });
    await expectWholeUnits(store, told);
    // Another replica may live: what the dead one held is free when its time is over, not before.
    expect(await store.leases.acquire('theirs', 'we', 1000)).toBeUndefined();
    await store.close();
  });

  test('16 writers of two processes on one aggregate lose nothing', async () => {
    const url = databases.fresh();
    const open = () => openMongoStore({ url, appName: 'contention', clock, clockIsStoreTime: true });
    const stores = await Promise.all([open(), open()]);
    await insert(stores[0], 'one', { n: 0 });
    const writer = async (_: unknown, at: number) => {
      for (let round = 0; round < 10; round += 1) await increment(stores[at % 2 === 0 ? 0 : 1]);
    };
    await Promise.all(Array.from({ length: 16 }, writer));
    expect(await stores[0].collection(things, A).get('one')).toMatchObject({ n: 160, meta: { version: 161 } });
    for (const store of stores) await store.close();
  });
});
