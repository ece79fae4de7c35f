// The end-to-end files: two at a time where they mostly wait, one at a time where they look at the clock.
import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { root } from '../bootstrap.mjs';
import { run } from './run.mjs';

/** They measure how soon something answers or sounds; beside another stack they would measure that one, too. */
const BY_THE_CLOCK = ['liveness', 'browser/listen', 'browser/player', 'browser/preview'];
/** Only ends what hangs: beside another stack the longest test takes a minute. */
const limits = ['--selectProjects', 'e2e', '--testTimeout', '240000'];
const beside = ['--maxWorkers', String(Math.min(2, availableParallelism()))];
const END = '.e2e.spec.ts';
const everyName = () =>
  globSync(`tests/**/*${END}`, { cwd: root }).map((file) => file.slice('tests/'.length, -END.length));
export const pathOf = (name) => join('tests', `${name}${END}`);
const pathsOf = (names) => ['--runTestsByPath', ...names.map(pathOf)];

/** Runs the files of these names, or every one; `where` ends the titles. Answers the reports. */
export async function endToEnd({ names = everyName(), where = '' } = {}) {
  const clocked = names.filter((name) => BY_THE_CLOCK.includes(name));
  const others = names.filter((name) => !BY_THE_CLOCK.includes(name));
  const first = await run(`end-to-end tests${where}`, 'jest', [...limits, ...beside, ...pathsOf(others)]);
  if (clocked.length === 0) return [first];
  const second = await run(`end-to-end tests by the clock${where}`, 'jest', [
    ...limits,
    '--runInBand',
    ...pathsOf(clocked),
  ]);
  return [first, second];
}
