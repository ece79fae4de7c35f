import { describeOnMongo, manualClock, mongoDatabases } from '@gts/testing';
import { countedUp, expectWholeUnits, killedAfter, unitWriter } from '../suite/killing';
import { A, insert, things } from '../suite/kit';
import { openMongoStore } from './store';

const clock = manualClock(Math.floor(performance.timeOrigin));

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
    const store = await openMongoStore({ url, appName: 'contention', clock });
    await insert(store, 'one', { n: 0 });
    const ends = await countedUp(url, 2, { writers: 8, rounds: 10 });
    expect(ends.map(([code]) => code as unknown)).toEqual([0, 0]);
    expect(await store.collection(things, A).get('one')).toMatchObject({ n: 160, meta: { version: 161 } });
    await store.close();
  });
});
