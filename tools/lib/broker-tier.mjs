// What talks to a broker, once more on the newer one that production runs.
import { endToEnd } from './e2e-tier.mjs';
import { newerNats } from './newer-nats.mjs';
import { run, skip } from './run.mjs';

/** Specs that start a broker of their own. */
export const TALKERS = [
  'libs/messaging',
  'libs/artefacts',
  'libs/nest/src/strategies',
  'services/gateway/src/adapters/nats',
];

/** The shipped configuration with the job that fills it, and what the scaler reads of its monitor. */
const OPERATED = ['tools/ops/topology-job', 'tools/ops/scaler'];
/** Whole processes whose answer depends on what the broker can do. */
const PROCESSES = ['durability', 'doctor-broker', 'starting'];

export async function newerBroker() {
  let found;
  try {
    found = newerNats();
  } catch (error) {
    return skip('messaging, doctor and services on a newer nats-server', error.message);
  }
  const args = ['--selectProjects', 'int', '--testTimeout', '30000', '--testPathPatterns', ...TALKERS, ...OPERATED];
  const usual = process.env.NATS_SERVER;
  process.env.NATS_SERVER = found.path;
  await run(`messaging on nats-server ${found.version}`, 'jest', args);
  await endToEnd({ names: PROCESSES, where: ` on nats-server ${found.version}` });
  if (usual === undefined) delete process.env.NATS_SERVER;
  else process.env.NATS_SERVER = usual;
}
