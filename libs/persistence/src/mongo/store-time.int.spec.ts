import { epochMsOf } from '@gts/kernel';
import { describeOnMongo, manualClock, mongoDatabases } from '@gts/testing';
import type { Store } from '../ports';
import { A, message } from '../suite/kit';
import { openMongoStore } from './store';

const HOUR_MS = 3_600_000;
const FAR_MS = HOUR_MS / 2;
const realMs = () => performance.timeOrigin + performance.now();

describeOnMongo('a replica set, its time and pods whose clocks are an hour off', () => {
  const databases = mongoDatabases('time');
  let ahead: Store;
  let behind: Store;
  beforeAll(async () => {
    const url = databases.fresh();
    const open = (offMs: number) =>
      openMongoStore({ url, appName: 'time', clock: manualClock(Math.floor(realMs()) + offMs) });
    ahead = await open(HOUR_MS);
    behind = await open(-HOUR_MS);
  });
  afterAll(async () => {
    await ahead.close();
    await behind.close();
    await databases.drop();
  });

  /** Asks until it is so, and answers after how many milliseconds. */
  async function until(holds: () => Promise<boolean>): Promise<number> {
    const start = performance.now();
    while (!(await holds()));
    return performance.now() - start;
  }

  test('a store tells the time of the server', async () => {
    for (const store of [ahead, behind]) {
      expect(Math.abs(epochMsOf(await store.now()) - realMs())).toBeLessThan(FAR_MS);
      const inside = await store.transaction(A, (unit) => unit.now());
      expect(Math.abs(epochMsOf(inside) - realMs())).toBeLessThan(FAR_MS);
    }
  });

  test('a lease that one holds is held for the others, and free when its time is over', async () => {
    expect(await behind.leases.acquire('lease', 'behind', 1000)).toBe(1);
    expect(await ahead.leases.acquire('lease', 'ahead', 1000)).toBeUndefined();
    expect(await ahead.leases.held('lease')).toEqual(['lease']);
    const waitedMs = await until(async () => (await ahead.leases.acquire('lease', 'ahead', 60_000)) === 2);
    expect([waitedMs > 500, waitedMs < FAR_MS]).toEqual([true, true]);
    expect(await behind.leases.acquire('lease', 'behind', 1000)).toBeUndefined();
    const stale = behind.transaction(A, (unit) => unit.leases.verify('lease', 1));
    await expect(stale).rejects.toMatchObject({ code: 'STORE.LEASE_LOST' });
  });

  test('a message is due at once for all, and after a failure when its delay is over', async () => {
    const { id, partition } = message(1);
    const isDue = (store: Store) => async () =>
      (await store.outbox.window({ partitions: [partition], limit: 9 })).length > 0;
    await ahead.transaction(A, async (unit) => unit.outbox.add(message(1)));
    expect([await isDue(ahead)(), await isDue(behind)()]).toEqual([true, true]);
    const failed = { id, state: 'pending', attempts: 2, delayMs: 1000, lastError: 'e' } as const;
    await ahead.transaction(A, (unit) => unit.outbox.mark([failed]));
    expect([await isDue(ahead)(), await isDue(behind)()]).toEqual([false, false]);
    const waitedMs = await until(isDue(behind));
    expect([waitedMs > 500, waitedMs < FAR_MS]).toEqual([true, true]);
    expect(await isDue(ahead)()).toBe(true);
  });
});
