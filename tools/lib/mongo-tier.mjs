// The integration and end-to-end tiers once more, their stores in MongoDB: same cases, same results; a difference fails.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../bootstrap.mjs';
import { endToEnd, pathOf } from './e2e-tier.mjs';
import { refuse, run, skip } from './run.mjs';
import { differences, within } from './same-cases.mjs';

const int = ['--selectProjects', 'int', '--testTimeout', '60000'];

/** End-to-end files that `npm test` runs on MongoDB, too; the others ask little of a store that these do not. */
const CHOSEN = [
  'crash-points', // SIGKILL at every point of units, relay, consumers, sagas and timers
  'poison', // attempts, dead letters and redrive of what kills its worker
  'main-job', // every service's documents, queries and pages; hashes as with files
  'lifecycle', // a second start takes everything up; the broker's stop and a full shutdown
  'operators', // verbs over outbox, dead letters, sagas and renders
];

/** Specs that take their stores from `testStores`; the second run of any other would be its first once more. */
const withStores = () =>
  globSync('{libs,services}/*/src/**/*.int.spec.ts', { cwd: root }).filter((file) =>
    readFileSync(join(root, file), 'utf8').includes('testStores('),
  );

/** Both tiers; answers their reports. */
async function tiers(where, intArgs = [], names) {
  const first = await run(`integration tests${where}`, 'jest', [...int, ...intArgs]);
  return [first, ...(await endToEnd({ names, where }))];
}

/** With what the test runner inherits: stores in files, or in MongoDB. */
async function storesIn(store, work) {
  const before = process.env.GTS_TEST_STORE;
  const set = (value) =>
    value === undefined ? delete process.env.GTS_TEST_STORE : (process.env.GTS_TEST_STORE = value);
  set(store);
  const result = await work();
  set(before);
  return result;
}
const onMongo = (work) => storesIn('mongodb', work);

const lacking = () => skip('the tiers on MongoDB', process.env.MONGODB_LACK ?? 'no server');

function compare(files, mongo) {
  const lines = differences({ where: 'files', reports: files }, { where: 'MongoDB', reports: mongo });
  const short = lines.map((line) => line.replace(`${root}/`, ''));
  refuse('not the same on both stores', short);
}

/** Everything, on files and on MongoDB. */
export async function mongoTier() {
  if (!process.env.MONGODB_URI) return lacking();
  const files = await storesIn(undefined, () => tiers(' on files'));
  compare(files, await onMongo(() => tiers(' on MongoDB')));
}

/** What has a store, as far as `npm test` has the time; `files`: what both tiers reported before, on files. */
export async function chosenMongoTier(files) {
  if (!process.env.MONGODB_URI) return lacking();
  const specs = withStores();
  const paths = new Set([...specs, ...CHOSEN.map(pathOf)].map((path) => join(root, path)));
  const mongo = await onMongo(() => tiers(' on MongoDB', ['--runTestsByPath', ...specs], CHOSEN));
  compare(within(files, paths), mongo);
}
