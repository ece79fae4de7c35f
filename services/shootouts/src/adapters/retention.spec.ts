import { keptDays } from '@gts/testing';
import {
  manifestDocuments,
  mediaDocuments,
  runDocuments,
  shootoutDocuments,
  trackDocuments,
  uploadDocuments,
} from './collections';

test.each([
  ['an upload that goes on', uploadDocuments, { status: 'OPEN' }, 'for ever'],
  ['a complete upload', uploadDocuments, { status: 'COMPLETE' }, 30],
  ['one that was given up', uploadDocuments, { status: 'ABORTED' }, 30],
  ['one that ran out', uploadDocuments, { status: 'EXPIRED' }, 30],
  ['the note of a run', runDocuments, { step: 'render' }, 'for ever'],
  ['the note of one that ended', runDocuments, { step: 'done', endedAt: 'now' }, 90],
  ['a manifest', manifestDocuments, {}, 'for ever'],
  ['the address of a file', mediaDocuments, {}, 'for ever'],
  ['a recording', trackDocuments, { status: 'REJECTED' }, 'for ever'],
  ['a shootout', shootoutDocuments, { status: 'FAILED' }, 'for ever'],
] as const)('%s is kept its time', async (...[, rows, fields, days]) => {
  expect(await keptDays(rows as never, fields)).toBe(days);
});
