import { differences, within } from './same-cases.mjs';

const report = (name: string, ...ended: readonly (readonly [string, string])[]) => ({
  testResults: [{ name, assertionResults: ended.map(([fullName, status]) => ({ fullName, status })) }],
});
const compared = (files: ReturnType<typeof report>[], mongo: ReturnType<typeof report>[]) =>
  differences({ where: 'files', reports: files }, { where: 'MongoDB', reports: mongo });

test('runs of the same cases that ended alike do not differ, in whatever order and however they were cut', () => {
  const [a, b] = [report('a', ['one', 'passed'], ['two', 'pending']), report('b', ['three', 'failed'])];
  const together = { testResults: [...b.testResults, ...a.testResults] };
  expect(compared([a, b], [together])).toEqual([]);
});

test('a case that only one run has, or that ended otherwise, is named with its file', () => {
  const files = [report('a', ['one', 'passed'], ['two', 'passed'], ['three', 'passed']), report('b', ['x', 'passed'])];
  const mongo = [report('a', ['one', 'passed'], ['two', 'pending'], ['new', 'passed'])];
  expect(compared(files, mongo)).toEqual([
    'a: new: did not run on files, passed on MongoDB',
    'a: three: passed on files, did not run on MongoDB',
    'a: two: passed on files, pending on MongoDB',
    'b: x: passed on files, did not run on MongoDB',
  ]);
});

test('the same name in two files is two cases; twice in one file it counts twice', () => {
  expect(compared([report('a', ['x', 'passed'])], [report('b', ['x', 'passed'])])).toHaveLength(2);
  expect(compared([report('a', ['x', 'passed'], ['x', 'passed'])], [report('a', ['x', 'passed'])])).toEqual([
    'a: x: passed and passed on files, passed on MongoDB',
  ]);
});

test('where nothing ran, nothing is the same', () => {
  expect(compared([], [])).toEqual(['no case ran']);
});

test('of a larger run only what belongs to the files in question is compared', () => {
  const files = [report('a', ['one', 'passed']), report('b', ['two', 'passed'])];
  expect(compared([...within(files, new Set(['b']))] as typeof files, [report('b', ['two', 'passed'])])).toEqual([]);
});
