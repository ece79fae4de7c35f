// Streams, durables and users of the product for tools: what the services declare, at the size that they expect.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';

const require = createRequire(import.meta.url);

/** The topology as a service of this environment computes it. */
export function topologyOfEnvironment({ NODE_ENV, ACK_WAIT = '30s' } = process.env) {
  const { catalogue, declaredServices, topologyOf } = require('@gts/contracts');
  const { durationMs } = require('@gts/kernel');
  const limits = NODE_ENV === 'production' ? 'full' : 'development';
  return topologyOf(catalogue, declaredServices, { limits, ackWaitMs: durationMs(ACK_WAIT) });
}

/** Does `work` as the user who makes and looks at streams; without a seed the broker must know no users. */
async function asTopologyUser({ url, seed }, work) {
  const { connectNats } = require('@gts/messaging');
  const nkey = seed === undefined ? undefined : readFileSync(seed, 'utf8').trim();
  const nc = await connectNats({ service: 'topology', url, nkey });
  try {
    return await work(nc);
  } finally {
    await nc.close();
  }
}

/** Makes what is missing and reads everything back. @throws BUS.TOPOLOGY_REFUSED, BUS.TOPOLOGY_DRIFT */
export const applyTopology = (broker, topology, options) =>
  asTopologyUser(broker, (nc) => require('@gts/messaging').applyTopology(nc, topology, options));
