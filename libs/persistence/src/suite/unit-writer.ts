import { once } from 'node:events';
import { clockOf } from '@gts/kernel';
import { openStore } from '../open-store';
import { A, message, things } from './kit';

const clock = clockOf(() => performance.timeOrigin + performance.now());

/** What the killed child of S30 runs: units without end, each told to the parent only after it resolved. */
export async function writeUnits(url: string, tell: (n: number) => void): Promise<void> {
  const store = await openStore({ url, service: 'units', clock });
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

/**
 * What the contending children run: once told to go, each of `writers` reads the document and writes it with one more,
 * as a use case would, `rounds` times.
 */
export async function countUp(url: string, { writers, rounds }: { writers: number; rounds: number }): Promise<void> {
  const store = await openStore({ url, service: 'units', clock });
  const increment = () =>
    store.transaction(A, async (unit) => {
      const rows = unit.collection(things);
      const { meta, ...state } = await rows.get('one');
      await rows.replace('one', meta.version, { ...state, n: (state.n ?? 0) + 1 });
    });
  const writer = async () => {
    for (let round = 0; round < rounds; round += 1) await increment();
  };
  process.stdout.write('ready\n');
  await once(process.stdin, 'data');
  await Promise.all(Array.from({ length: writers }, writer));
  await store.close();
  process.stdin.destroy();
}
