import { keptDays } from '@gts/testing';
import { auditRows } from '../operator/dead-letters';
import { republications } from '../operator/republisher';
import { reconciliationRows } from '../reconcile/rows';
import { attemptRows, deadLetterRows, gateRows } from './rows';

test.each([
  ['a message that was tried', attemptRows, {}, 45],
  ['a parked dead letter', deadLetterRows, { state: 'parked' }, 'for ever'],
  ['one that is driven again', deadLetterRows, { state: 'redriving' }, 'for ever'],
  ['a resolved one', deadLetterRows, { state: 'resolved' }, 30],
  ['a discarded one', deadLetterRows, { state: 'discarded' }, 30],
  ['how far a projection is', gateRows, {}, 'for ever'],
  ['what operators did', auditRows, { at: 'now' }, 'for ever'],
  ['a republication that goes on', republications, { state: 'running' }, 'for ever'],
  ['a republication that ended', republications, { state: 'done' }, 30],
  ['how far a durable was reconciled', reconciliationRows, {}, 14],
] as const)('%s is kept as long as delivery says', async (...[, rows, fields, days]) => {
  expect(await keptDays(rows as never, fields)).toBe(days);
});
