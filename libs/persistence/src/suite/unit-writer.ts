import { clockOf } from '@gts/kernel';
import { openStore } from '../open-store';
import { A, message, things } from './kit';

/** What the killed child of S30 runs: units without end, each told to the parent only after it resolved. */
export async function writeUnits(url: string, tell: (n: number) => void): Promise<void> {
  const store = await openStore({
    url,
    service: 'units',
    clock: clockOf(() => performance.timeOrigin + performance.now()),
  });
  await store.leases.acquire('theirs', 'the child', 600_000);
  const one = async (n: number) => {
    await store.transaction(A, async (unit) => {
      await unit.collection(things).insert(`first${n}`, { n });
      unit.outbox.add(message(n));
      await unit.collection(things).insert(`second${n}`, { n });
    });
    tell(n);
  };
  for (let n = 0; ; n += 8) {
    await Promise.all(Array.from({ length: 8 }, (_, at) => one(n + at)));
    // Lets the pipe to the parent move.
    await new Promise((resolve) => void setImmediate(resolve));
  }
}
