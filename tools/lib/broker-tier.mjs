// What talks to a broker, once more on the newer one that production runs.
import { newerNats } from './newer-nats.mjs';
import { run, skip } from './run.mjs';

/** Specs that start a broker of their own. */
export const TALKERS = [
  'libs/messaging',
  'libs/artefacts',
  'libs/nest/src/strategies',
  'services/gateway/src/adapters/nats',
];

export async function newerBroker() {
  let found;
  try {
    found = newerNats();
  } catch (error) {
    return skip('messaging on a newer nats-server', error.message);
  }
  const args = ['--selectProjects', 'int', '--testTimeout', '30000', '--testPathPatterns', ...TALKERS];
  const usual = process.env.NATS_SERVER;
  process.env.NATS_SERVER = found.path;
  await run(`messaging on nats-server ${found.version}`, 'jest', args);
  if (usual === undefined) delete process.env.NATS_SERVER;
  else process.env.NATS_SERVER = usual;
}
