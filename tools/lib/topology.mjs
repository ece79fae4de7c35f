// Streams, durables and users of the product for tools: what the services declare, at the size that they expect.
import { createRequire } from 'node:module';
import { accessSync, readFileSync } from 'node:fs';
import { plain } from './plain-address.mjs';

const require = createRequire(import.meta.url);

/** The topology as a service of this environment computes it. @throws Error for a size that is none */
export function topologyOfEnvironment(
  { STREAM_LIMITS: limits = 'development', ACK_WAIT = '30s', ARTEFACTS_URL } = process.env,
) {
  const { catalogue, declaredServices, topologyOf } = require('@gts/contracts');
  const { durationMs } = require('@gts/kernel');
  if (!['full', 'development'].includes(limits)) throw new Error('STREAM_LIMITS: full or development');
  const place = ARTEFACTS_URL && require('@gts/artefacts').placeOf(ARTEFACTS_URL);
  const files = place?.kind === 'nats' ? place : undefined;
  return topologyOf(catalogue, declaredServices, { limits, ackWaitMs: durationMs(ACK_WAIT), files });
}

/**
 * Does `work` as the user who makes and looks at streams; without a seed the broker must know no users.
 * @throws Error where no broker answers in time, or a file is missing
 */
export async function topologyUser({ url, seed, caFile, withinMs = 60_000 }, work) {
  const { connectNats } = require('@gts/messaging');
  const nkey = seed === undefined ? undefined : readFileSync(seed, 'utf8').trim();
  // The client would try for ever.
  if (caFile !== undefined) accessSync(caFile);
  const late = Promise.withResolvers();
  const timer = setTimeout(() => late.reject(new Error(`no broker answers at ${plain(url)}`)), withinMs);
  const connecting = connectNats({ service: 'topology', url, nkey, caFile });
  try {
    const nc = await Promise.race([connecting, late.promise]);
    return await work(nc);
  } finally {
    clearTimeout(timer);
    // One that comes up later than anybody waits is closed as well.
    void connecting.then((nc) => nc.close()).catch(() => {});
  }
}

/** Makes what is missing and reads everything back. @throws BUS.TOPOLOGY_REFUSED, BUS.TOPOLOGY_DRIFT */
export const applyTopology = (broker, topology, options) =>
  topologyUser(broker, (nc) => require('@gts/messaging').applyTopology(nc, topology, options));

/** All that is not as declared, as texts. */
export const topologyFaults = (broker, topology, options) =>
  topologyUser(broker, async (nc) => {
    const { driftText, topologyDrifts } = require('@gts/messaging');
    const drifts = await topologyDrifts(nc, topology, options);
    return drifts.map((each) => `${each.object}: ${each.field} is ${driftText(each)}`);
  });
