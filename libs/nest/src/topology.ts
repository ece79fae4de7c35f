import { catalogue, declaredServices, topologyOf } from '@gts/contracts';
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

/** Streams and durables of the whole product: any service may start first. */
export function ensureTopology<C extends CommonSettings>(parts: ProcessParts<C>): Promise<void> {
  const { nc, config, readiness, logger: log } = parts;
  const limits = config.NODE_ENV === 'production' ? 'full' : 'development';
  const topology = topologyOf(catalogue, declaredServices, { limits, ackWaitMs: config.ACK_WAIT });
  const apply = () => applyTopology(nc, topology, { mode: config.TOPOLOGY_MODE, replicas: config.NATS_REPLICAS });
  const wait = (ms: number) => new Promise<void>((resolve) => void setTimeout(resolve, ms));
  return untilTopology({ apply, readiness, log, wait });
}
