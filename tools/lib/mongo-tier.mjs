// The integration and end-to-end tiers once more, their stores in MongoDB: same cases, same results.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../bootstrap.mjs';
import { endToEnd } from './e2e-tier.mjs';
import { run, skip } from './run.mjs';

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

async function tier(intArgs, names) {
  if (!process.env.MONGODB_URI) return skip('the tiers on MongoDB', process.env.MONGODB_LACK ?? 'no server');
  process.env.GTS_TEST_STORE = 'mongodb';
  await run('integration tests on MongoDB', 'jest', [...int, ...intArgs]);
  await endToEnd({ names, where: ' on MongoDB' });
  delete process.env.GTS_TEST_STORE;
}

/** Everything. */
export const mongoTier = () => tier([]);

/** What has a store, as far as `npm test` has the time. */
export const chosenMongoTier = () => tier(['--runTestsByPath', ...withStores()], CHOSEN);
