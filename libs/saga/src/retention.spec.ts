import { keptDays } from '@gts/testing';
import { auditRows, fenceRows, opRows, sagaRows, timerRows } from './rows';

test.each([
  ['a saga that goes on', sagaRows, { state: 'running', endedAt: null }, 'for ever'],
  ['a stuck one', sagaRows, { state: 'stuck', endedAt: null }, 'for ever'],
  ['one that ended', sagaRows, { state: 'completed', endedAt: 'now' }, 90],
  ['a timer', timerRows, { dueAt: 'now' }, 'for ever'],
  ['what operators did', auditRows, { at: 'now' }, 'for ever'],
  ['a step that is worked on', opRows, { state: 'doing', at: 'now' }, 'for ever'],
  ['a step that was done', opRows, { state: 'done', at: 'now' }, 45],
  ['a step that failed', opRows, { state: 'failed', at: 'now' }, 45],
  ['a step that was undone', opRows, { state: 'undone', at: 'now' }, 45],
  ['an undo that came first', opRows, { state: 'tombstone', at: 'now' }, 45],
  ['a fence', fenceRows, { at: 'now' }, 45],
] as const)('%s is kept as long as delivery says', async (...[, rows, fields, days]) => {
  expect(await keptDays(rows as never, fields)).toBe(days);
});
