import { openArtefacts } from '@gts/artefacts';
import { actorOf, fileKeySet, serviceSubject, tokenMinter, tokenVerifier } from '@gts/auth';
import { inboxPrefix } from '@gts/contracts';
import {
  createBroadcasts,
  createEncoder,
  createProgressReporter,
  createRpcClient,
  createRpcServer,
  natsBus,
  Relay,
  type RpcServer,
  systemScheduler,
  type NatsBus,
} from '@gts/messaging';
import type { Store } from '@gts/persistence';
import type { ProcessParts } from './process';
import type { Infrastructure } from './service';
import { artefactsPlace, type CommonSettings } from './settings';
import { sagaObserver } from './saga-observer';
import { tracer } from './tracer';

/** Everything a service with a store needs, opened; the outer object is what `composition.ts` gets. */
export type Opened<C> = Readonly<{
  infra: Infrastructure<C>;
  bus: NatsBus;
  relay: Relay;
  server: RpcServer;
  owner: string;
  closeClient: () => void;
}>;

/** Request/reply client that mints its own token for calls that no user caused. */
export function openRpcClient<C extends CommonSettings>({
  config,
  service,
  clock,
  newId,
  metrics,
  nc,
}: ProcessParts<C>) {
  const mint = tokenMinter({ issuer: service, jwk: config.INTERNAL_SIGNING_KEY, clock, newId });
  return createRpcClient({
    nc,
    inbox: inboxPrefix(service),
    clock,
    metrics,
    tracer,
    ownToken: (ctx) => mint({ sub: serviceSubject(service), tenant: ctx.tenantId, scopes: [] }),
  });
}

function openServer<C extends CommonSettings>(parts: ProcessParts<C>, store: Store, relay: Relay): RpcServer {
  const { config, service, clock, metrics, nc, logger: log, probe } = parts;
  const verify = tokenVerifier({ keys: fileKeySet({ path: config.INTERNAL_KEYS_FILE, clock }), clock });
  return createRpcServer({
    nc,
    service,
    verifyToken: async (token) => {
      const { sub, tenant, scopes } = await verify(token);
      return { tenantId: tenant, actor: actorOf(sub), scopes };
    },
    clock,
    store,
    metrics,
    log,
    tracer,
    outboxFull: () => relay.health().overloaded,
    ...(probe && { probe }),
  });
}

export function openInfrastructure<C extends CommonSettings>(parts: ProcessParts<C>, store: Store): Opened<C> {
  const { config, service, clock, newId, logger, metrics, nc, probe } = parts;
  const owner = newId<'Process'>();
  const bus = natsBus({ nc, inbox: inboxPrefix(service), metrics, onStatus: statusTo(parts) });
  const relay = new Relay({
    service,
    store,
    bus,
    scheduler: systemScheduler,
    owner,
    leaseMs: config.LEASE_TIME,
    metrics,
    log: logger,
    ...(probe && { probe }),
  });
  const rpc = openRpcClient(parts);
  const infra: Infrastructure<C> = {
    config,
    service,
    clock,
    newId,
    store,
    logger,
    metrics,
    observeSaga: sagaObserver({ logger, metrics }),
    rpc,
    encoder: createEncoder({ producer: service, newId, clock }),
    progress: createProgressReporter({ nc, service, newId, clock, metrics }),
    broadcasts: createBroadcasts({ nc, service }),
    artefacts: openArtefacts({ ...artefactsPlace(config), context: service, clock, nc }),
    ...(probe && { probe }),
  };
  return { infra, bus, relay, owner, server: openServer(parts, store, relay), closeClient: () => rpc.close() };
}

/** A broker that goes away after a good start degrades; it does not empty every endpoint list. */
const statusTo =
  <C>({ readiness, logger }: ProcessParts<C>) =>
  (status: 'disconnected' | 'reconnected' | 'denied', detail: string): void => {
    if (status === 'denied') readiness.set('broker permissions', detail);
    else readiness.warn('broker', status === 'disconnected' ? 'degraded: the broker is away' : undefined);
    logger.warn({ status, detail }, 'broker');
  };
