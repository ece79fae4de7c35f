import { PARTITIONS } from '@gts/contracts';
import { memoryStore } from '@gts/persistence';
import { schedulerOf, VirtualTime } from '@gts/testing';
import { noLog, noMetrics, repeat } from '../ports';
import { leaseOf, Shares } from './shares';

/** Replicas of one service over one store, in one virtual time. */
function setUp(leaseMs?: number) {
  const time = new VirtualTime();
  const scheduler = schedulerOf(time);
  const store = memoryStore({ clock: time.clock });
  const begin = (owner: string) => {
    const lost: number[] = [];
    const shares = new Shares({
      store,
      owner,
      ...(leaseMs !== undefined && { leaseMs }),
      scheduler,
      log: noLog,
      metrics: noMetrics,
      gained: () => undefined,
      lost: (partition) => void lost.push(partition),
      flush: () => Promise.resolve(),
    });
    const die = repeat(
      scheduler,
      () => 1000,
      () => shares.tick(),
    );
    return { shares, lost, die };
  };
  return { time, store, begin };
}
const sizes = (...replicas: { shares: Shares }[]) => replicas.map(({ shares }) => shares.epochs.size);
const held = (...replicas: { shares: Shares }[]) => replicas.flatMap(({ shares }) => [...shares.epochs.keys()]);

test('a single replica has all partitions at once', async () => {
  const { time, begin } = setUp();
  const one = begin('one');
  await time.pass(1100);
  expect(sizes(one)).toEqual([PARTITIONS]);
});

test('a second replica gets half, one partition a renewal, and no partition has two owners', async () => {
  const { time, begin } = setUp();
  const one = begin('one');
  await time.pass(1100);
  const two = begin('two');
  const seen: number[] = [];
  for (let second = 0; second < 40; second += 1) {
    await time.pass(1000);
    seen.push(one.shares.epochs.size);
    expect(new Set(held(one, two)).size).toBe(held(one, two).length);
  }
  expect(sizes(one, two)).toEqual([8, 8]);
  expect(one.lost).toHaveLength(8);
  const steps = seen.slice(1).map((size, at) => (seen[at] ?? size) - size);
  expect(Math.max(...steps)).toBe(1);
});

test('three replicas that begin together share all of them: no more than 6 each', async () => {
  const { time, begin } = setUp();
  const replicas = ['one', 'two', 'three'].map(begin);
  await time.pass(60_000);
  expect(Math.max(...sizes(...replicas))).toBeLessThanOrEqual(6);
  expect(held(...replicas).toSorted((a, b) => a - b)).toEqual(Array.from({ length: PARTITIONS }, (_, n) => n));
});

test.each([
  [12_000, undefined],
  [5000, 3000],
])('what a dead replica held is sent by the others within %d ms, under a newer epoch', async (withinMs, leaseMs) => {
  const { time, begin } = setUp(leaseMs);
  const [one, two] = [begin('one'), begin('two')];
  await time.pass(40_000);
  const before = new Map(one.shares.epochs);
  one.die();
  await time.pass(withinMs);
  expect(sizes(two)).toEqual([PARTITIONS]);
  for (const [partition, epoch] of before) expect(two.shares.epochs.get(partition)).toBe(epoch + 1);
});

test('one that stops gives all back at once', async () => {
  const { time, store, begin } = setUp();
  const [one, two] = [begin('one'), begin('two')];
  await time.pass(40_000);
  one.die();
  await one.shares.stop();
  await time.pass(2000);
  expect([sizes(two), await store.leases.held('relay/one')]).toEqual([[PARTITIONS], []]);
});

test('a lease that another took is lost, and only that one', async () => {
  const { time, store, begin } = setUp();
  const one = begin('one');
  await time.pass(1100);
  await store.leases.release(leaseOf(3), 'one', one.shares.epochs.get(3) ?? 0);
  expect(await store.leases.acquire(leaseOf(3), 'thief', 60_000)).toBe(2);
  await time.pass(4000);
  expect(one.lost).toEqual([3]);
  expect(sizes(one)).toEqual([PARTITIONS - 1]);
});
