import { skippedLines, skippedTests } from './skipped-lines.mjs';

test('rows that a program left out are told with their reasons, others are not', () => {
  const said = [
    'ok    1  render  0.06 s',
    'skip  7  alert rules: promtool is not installed',
    'FAIL  8  shell  0.10 s',
    '       skip nothing here',
    'skip the rest: no network',
    'skipped by somebody else',
  ].join('\n');
  expect(skippedLines(said)).toEqual(['alert rules: promtool is not installed', 'the rest: no network']);
});

test('a program that left nothing out says so by saying nothing', () => {
  expect(skippedLines('ok    1  render  0.06 s\n')).toEqual([]);
});

test('skipped tests are named, those of a group that says why in one line', () => {
  const ended = (status: string, title: string, ...ancestorTitles: string[]) => ({
    status,
    ancestorTitles,
    fullName: [...ancestorTitles, title].join(' '),
  });
  const server = 'a replica set (skipped: no root)';
  const assertionResults = [
    ended('passed', 'runs', 'elsewhere'),
    ended('pending', 'alone (skipped: no Node 22)'),
    ended('pending', 'later', 'elsewhere'),
    ended('todo', 'never', 'elsewhere'),
    ended('pending', 'S1', server),
    ended('pending', 'S2', server, 'rerun'),
  ];
  expect(skippedTests({ testResults: [{ assertionResults }] })).toEqual([
    'alone (skipped: no Node 22)',
    'elsewhere later',
    'elsewhere never',
    'a replica set (skipped: no root): 2 tests',
  ]);
});
