import { keptDays } from '@gts/testing';
import { chainRenders, inspectionRows, queueRows, renderJobs } from './collections';

const jobs = (days: number | 'for ever', ...states: string[]) =>
  states.map((status) => [`a job that is ${status}`, renderJobs, { status }, days] as const);
const chains = (days: number | 'for ever', ...states: string[]) =>
  states.map((status) => [`a tone that is ${status}`, chainRenders, { status }, days] as const);

test.each([
  ...jobs('for ever', 'accepted', 'preparing', 'rendering', 'finishing'),
  ...jobs(45, 'completed', 'failed', 'cancelled'),
  ...chains('for ever', 'queued', 'running'),
  ...chains(45, 'rendered', 'refused', 'failed', 'cancelled'),
  ['an inspection', inspectionRows, { status: 'rejected' }, 45] as const,
  ['a place in the queue', queueRows, { acceptedAt: 'now' }, 'for ever'] as const,
])('%s is kept its time', async (...[, rows, fields, days]) => {
  expect(await keptDays(rows as never, fields)).toBe(days);
});
