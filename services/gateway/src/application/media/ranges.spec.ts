import { rangeOf } from './ranges';

test.each([
  [undefined, { kind: 'whole' }],
  ['bytes=0-0', { kind: 'part', range: { start: 0, end: 0 } }],
  ['bytes=10-', { kind: 'part', range: { start: 10, end: 99 } }],
  ['bytes=90-500', { kind: 'part', range: { start: 90, end: 99 } }],
  ['bytes=-5', { kind: 'part', range: { start: 95, end: 99 } }],
  ['bytes=-500', { kind: 'part', range: { start: 0, end: 99 } }],
  ['bytes=100-', { kind: 'unsatisfiable' }],
  ['bytes=9999999999-', { kind: 'unsatisfiable' }],
  ['bytes=-0', { kind: 'unsatisfiable' }],
  ['bytes=a-b', { kind: 'whole' }],
  ['bytes=5-2', { kind: 'whole' }],
  ['bytes=0-1,3-4', { kind: 'whole' }],
  ['bytes=-', { kind: 'whole' }],
  ['lines=0-1', { kind: 'whole' }],
])('%s of 100 bytes', (header, expected) => {
  expect(rangeOf(header, 100)).toEqual(expected);
});
