import { manualClock } from '@gts/testing';
import { memoryStore } from './memory/store';
import { A, B, insert, things } from './suite/kit';
import { sumOf } from './sum-of';

test('all pages of the own workspace count, deleted rows only when asked for', async () => {
  const store = memoryStore({ clock: manualClock() });
  await store.transaction(A, async (unit) => {
    const rows = unit.collection(things);
    for (let n = 0; n < 450; n += 1) await rows.insert(`id${n}`, { n });
    await rows.delete('id3');
  });
  await insert(store, 'theirs', {}, B);
  const rows = store.collection(things, A);
  expect(await sumOf({ rows, index: 'byAB' })).toBe(449);
  expect(await sumOf({ rows, index: 'byAB', includeDeleted: true }, ({ n }) => n ?? 0)).toBe((449 * 450) / 2);
});
