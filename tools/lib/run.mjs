// Runs the steps of a check one after another, counts what the test runner really did, never stops at the first red.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../bootstrap.mjs';
import { skippedLines, skippedTests } from './skipped-lines.mjs';
import { step } from './steps.mjs';

const results = mkdtempSync(join(tmpdir(), 'gts-results-'));
const count = { passed: 0, failed: 0, skipped: 0 };
const red = [];
const skipped = [];

/** What a run that left no report did. */
const none = { testResults: [] };

/** A tier that ran nothing has failed: a wrong pattern must not look green. Answers the report. */
function countTests(title, file, status) {
  let report;
  try {
    report = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    count.failed += 1;
    red.push(title);
    return none;
  }
  count.passed += report.numPassedTests;
  // A suite that does not load has no failed test of its own, yet it failed.
  const broken = report.testResults.filter((suite) => suite.status === 'failed' && suite.assertionResults.length === 0);
  count.failed += report.numFailedTests + broken.length;
  count.skipped += report.numPendingTests + report.numTodoTests;
  skipped.push(...skippedTests(report));
  if (status !== 0 || report.numTotalTests === 0) red.push(title);
  return report;
}

/** A tier or a row that this machine cannot run: named, and counted as one test that was skipped. */
export function skip(title, why) {
  count.skipped += 1;
  skipped.push(`${title}: ${why}`);
}

/** A finding about several tiers counts as one that failed, told line by line. */
export function refuse(title, lines) {
  if (lines.length > 0) count.failed += 1;
  red.push(...lines.map((line) => `${title}: ${line}`));
}

/** A check counts as one when it fails; of those that passed only tests are counted. */
function countCheck(title, { status, stdout }) {
  for (const what of skippedLines(stdout ?? '')) skip(title, what);
  if (status === 0) return;
  count.failed += 1;
  red.push(title);
}

/** Answers what Jest reported; of any other program nothing. */
export async function run(title, command, args) {
  const file = join(results, `${title.replaceAll(' ', '-')}.json`);
  const isTest = command === 'jest';
  const all = isTest ? [...args, '--json', '--outputFile', file] : args;
  return step(title, async () => {
    const ended = spawnSync(command, all, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 });
    const { status, stdout, stderr } = ended;
    const report = isTest ? countTests(title, file, status) : countCheck(title, ended);
    if (status !== 0) process.stderr.write(`\n${isTest ? stderr : stdout + stderr}\n`);
    return report;
  });
}

/** Prints what was skipped (a title says why), what failed and the closing line; answers the exit status. */
export function summary() {
  for (const title of skipped) process.stdout.write(`skipped: ${title}\n`);
  for (const title of red) process.stdout.write(`failed: ${title}\n`);
  process.stdout.write(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped\n`);
  return red.length === 0 && count.failed === 0 ? 0 : 1;
}
