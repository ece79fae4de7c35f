import { placeOf } from '@gts/artefacts';
import { catalogue, declaredServices, topologyNear, topologyOf } from '@gts/contracts';
import { hasCode } from '@gts/kernel';
import { applyTopology, busErrors } from '@gts/messaging';
import type { ProcessParts } from './process';
import { artefactsUrl, type CommonSettings } from './settings';
import { untilThere, wait, type WaitingDeps } from './waiting';

const PART = 'topology';

/**
 * Asks until streams and durables are what this service needs.
 * @throws BUS.TOPOLOGY_REFUSED, which waiting does not cure
 */
export const untilTopology = ({ apply, ...deps }: WaitingDeps & { apply: () => Promise<void> }): Promise<void> =>
  untilThere({
    ...deps,
    part: PART,
    work: apply,
    hopeless: (error) => hasCode(error, busErrors.TOPOLOGY_REFUSED.code),
  });

/** Applies streams and durables of the whole product, so that any service may start first; or verifies its own. */
export function ensureTopology<C extends CommonSettings>(parts: ProcessParts<C>): Promise<void> {
  const { nc, config, service, readiness, logger: log } = parts;
  const place = placeOf(artefactsUrl(config));
  const files = place.kind === 'nats' ? place : undefined;
  const whole = topologyOf(catalogue, declaredServices, {
    limits: config.STREAM_LIMITS,
    ackWaitMs: config.ACK_WAIT,
    files,
  });
  const { TOPOLOGY_MODE: mode, NATS_REPLICAS: replicas } = config;
  const declaration = declaredServices.find((each) => each.service === service);
  const topology = mode === 'apply' || !declaration ? whole : topologyNear(whole, declaration, catalogue);
  const apply = () => applyTopology(nc, topology, { mode, replicas });
  return untilTopology({ apply, readiness, log, wait });
}
