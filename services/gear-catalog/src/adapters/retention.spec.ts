import { keptDays } from '@gts/testing';
import { gearCollection, holdCollection, modelCollection } from './collections';

test.each([
  ['a promise to a run', holdCollection, { state: 'HELD' }, 'for ever'],
  ['a promise to a manifest', holdCollection, { state: 'PINNED' }, 'for ever'],
  ['one that was released, or never asked for', holdCollection, { state: 'RELEASED' }, 45],
  ['gear', gearCollection, {}, 'for ever'],
  ['a model', modelCollection, { status: 'REJECTED' }, 'for ever'],
] as const)('%s is kept its time', async (...[, rows, fields, days]) => {
  expect(await keptDays(rows as never, fields)).toBe(days);
});
