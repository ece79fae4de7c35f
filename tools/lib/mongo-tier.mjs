// The integration and end-to-end tiers once more, their stores in MongoDB: same cases, same results.
import { run, skip } from './run.mjs';

const int = ['--selectProjects', 'int', '--testTimeout', '60000'];
const e2e = ['--selectProjects', 'e2e', '--testTimeout', '120000', '--runInBand'];

export async function mongoTier() {
  if (!process.env.MONGODB_URI) return skip('the tiers on MongoDB', process.env.MONGODB_LACK ?? 'no server');
  process.env.GTS_TEST_STORE = 'mongodb';
  await run('integration tests on MongoDB', 'jest', int);
  await run('end-to-end tests on MongoDB', 'jest', e2e);
  delete process.env.GTS_TEST_STORE;
}
