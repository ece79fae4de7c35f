import { worthSaying } from './announce';

test('of a percentage only the first in each quarter is said aloud', () => {
  const aloud = worthSaying();
  const percents = [0, 3, 24, 27, 49, 50, 76, 99, 100];
  expect(percents.filter((percent) => aloud({ state: 'computing', percent }))).toEqual([0, 27, 50, 76, 100]);
});

test('the next chain begins anew, and everything else is said', () => {
  const aloud = worthSaying();
  expect(aloud({ state: 'computing', percent: 10 })).toBe(true);
  expect(aloud({ state: 'fetching' })).toBe(true);
  expect(aloud({ state: 'computing', percent: 10 })).toBe(true);
  expect(aloud({ state: 'slow', seconds: 12 })).toBe(true);
});
