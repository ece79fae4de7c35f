import { catalogue, declaredServices, topologyNear, topologyOf } from '@gts/contracts';
import { hasCode } from '@gts/kernel';
import { applyTopology, busErrors, type Log } from '@gts/messaging';
import type { Readiness } from './ops-server';
import type { ProcessParts } from './process';
import type { CommonSettings } from './settings';

const RETRY_MS = 2000;
const PART = 'topology';

export type WaitingDeps = Readonly<{
  apply: () => Promise<void>;
  readiness: Pick<Readiness, 'set'>;
  log: Pick<Log, 'info'>;
  wait: (ms: number) => Promise<void>;
}>;

/**
 * Asks every 2 s until streams and durables are what this service needs, and says in readiness what is missing: so
 * services, broker and the job that applies the topology may start in any order.
 * @throws BUS.TOPOLOGY_REFUSED, which waiting does not cure
 */
export async function untilTopology({ apply, readiness, log, wait }: WaitingDeps): Promise<void> {
  for (let told = ''; ; await wait(RETRY_MS)) {
    try {
      await apply();
      return readiness.set(PART, undefined);
    } catch (error) {
      if (hasCode(error, busErrors.TOPOLOGY_REFUSED.code)) throw error;
      const missing = error instanceof Error ? error.message : String(error);
      readiness.set(PART, missing);
      if (missing !== told) log.info({ missing }, 'waiting for the topology');
      told = missing;
    }
  }
}

/** Applies streams and durables of the whole product, so that any service may start first; or verifies its own. */
export function ensureTopology<C extends CommonSettings>(parts: ProcessParts<C>): Promise<void> {
  const { nc, config, service, readiness, logger: log } = parts;
  const limits = config.NODE_ENV === 'production' ? 'full' : 'development';
  const whole = topologyOf(catalogue, declaredServices, { limits, ackWaitMs: config.ACK_WAIT });
  const { TOPOLOGY_MODE: mode, NATS_REPLICAS: replicas } = config;
  const declaration = declaredServices.find((each) => each.service === service);
  const topology = mode === 'apply' || !declaration ? whole : topologyNear(whole, declaration, catalogue);
  const apply = () => applyTopology(nc, topology, { mode, replicas });
  const wait = (ms: number) => new Promise<void>((resolve) => void setTimeout(resolve, ms));
  return untilTopology({ apply, readiness, log, wait });
}
