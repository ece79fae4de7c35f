import type { CrashPoint } from '@gts/kernel';
import { manualClock } from '@gts/testing';
import { memoryStore } from './memory/store';
import { A, code, insert, things } from './suite/kit';

const clock = manualClock();

test('more than 1,000 waiting units are refused with a hint when to come back', async () => {
  const store = memoryStore({ clock });
  const units = Array.from({ length: 1002 }, (_, n) => insert(store, `id${n}`, {}));
  const results = await Promise.allSettled(units);
  const refused = results.filter(({ status }) => status === 'rejected');
  expect(refused.length).toBe(2);
  expect(refused[0]).toMatchObject({ reason: { code: 'STORE.BUSY', kind: 'unavailable', retryAfterMs: 1000 } });
});

test('units that wait together share a commit, and one may fail alone', async () => {
  const points: CrashPoint[] = [];
  const store = memoryStore({ clock, elapsedMs: () => 0, probe: (point) => void points.push(point) });
  const results = await Promise.allSettled(['one', 'one', 'two'].map((id) => insert(store, id, {})));
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(points).toEqual(['unit.beforeCommit', 'unit.afterCommit']);
});

test('units that take long share no commit', async () => {
  const points: CrashPoint[] = [];
  let elapsed = 0;
  const elapsedMs = () => (elapsed += 5);
  const store = memoryStore({ clock, elapsedMs, probe: (point) => void points.push(point) });
  await Promise.all(['one', 'two'].map((id) => insert(store, id, {})));
  expect(points.filter((point) => point === 'unit.afterCommit').length).toBe(2);
});

test.each([
  ['unit.beforeCommit', undefined],
  ['unit.afterCommit', expect.anything()],
] as const)('a process that stops at %s leaves all or nothing', async (stop, left: unknown) => {
  const crash = (point: CrashPoint) => {
    if (point === stop) throw new Error('stopped');
  };
  const store = memoryStore({ clock, probe: crash });
  await expect(insert(store, 'one', {})).rejects.toThrow('stopped');
  expect(await store.reopen({ clock }).collection(things, A).find('one')).toEqual(left);
});

test('work under the ctx of a unit that has ended is refused', async () => {
  const store = memoryStore({ clock });
  const leaked = await store.transaction(A, async (unit) => unit.ctx);
  await expect(insert(store, 'one', {}, leaked)).rejects.toEqual(code('UNIT_DOOMED'));
});
