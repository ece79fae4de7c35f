import 'reflect-metadata';
import { allDefinitions, declaredServices, operator } from '@gts/contracts';
import type { ContextName } from '@gts/kernel';
import {
  assertDeclared,
  createConsumers,
  Reconciler,
  type RpcHandler,
  serveOperator,
  type Subscription,
  watchAdvisories,
} from '@gts/messaging';
import { type SagaOperations, sagaOperations } from '@gts/saga';
import type { DynamicModule } from '@nestjs/common';
import { connectNest, type Nest, type Strategies } from './connect-nest';
import { type Opened, openInfrastructure } from './infrastructure';
import type { Phase } from './drain';
import { ensureDurability } from './durability';
import { JetStreamStrategy } from './jetstream.strategy';
import { runMigrate } from './migrating';
import { ensureStore, type StoreSpec } from './open-store';
import { type ProcessParts, runProcess, type Running } from './process';
import { RpcStrategy } from './rpc.strategy';
import type { Background, Composed, Infrastructure } from './service';
import type { CommonSettings, Shape } from './settings';
import { sagaWatch } from './saga-watch';
import { storeWatch } from './store-watch';
import { streamWatch } from './stream-watch';
import { sweeping } from './sweeping';
import { ensureTopology } from './topology';
import { tracer } from './tracer';

const GRACE_MS = 10_000;

/** A service with a store: what its `main.ts` says. */
export type ServiceSpec<C extends CommonSettings, A, F = void> = Readonly<{
  service: ContextName;
  settings: Shape;
  readConfig: (env: NodeJS.ProcessEnv) => C;
  /** What the machine must have, looked for while store and broker are waited for. */
  find?: (config: C) => Promise<F>;
  compose: (infra: Infrastructure<C>, found: F) => Composed<A>;
  module: (application: A) => DynamicModule;
}> &
  StoreSpec;

/** Boots a service and drains it on a signal; `migrate` as its argument prepares its store and ends. */
export const runService = <C extends CommonSettings, A, F = void>(spec: ServiceSpec<C, A, F>): Promise<void> =>
  process.argv[2] === 'migrate'
    ? runMigrate<C>(spec)
    : runProcess<C>({ ...spec, start: (parts) => startService(spec, parts) });

async function startService<C extends CommonSettings, A, F>(
  spec: ServiceSpec<C, A, F>,
  parts: ProcessParts<C>,
): Promise<Running> {
  // None needs another: all at once is sooner, and readiness names everything that is missing.
  const [store, found] = await Promise.all([
    ensureStore(parts, spec),
    // Nothing to find is nothing found: F is void then.
    spec.find?.(parts.config) as Promise<F>,
    ensureTopology(parts),
    ensureDurability(parts),
  ]);
  const opened = openInfrastructure(parts, store);
  const composed = spec.compose(opened.infra, found);
  assertDeclaredHere(spec.service, composed.subscriptions);
  const nest = await connectNest(spec.module(composed.application), consumersOver(parts, opened, composed));
  const republishing = serveVerbs(spec.service, opened, composed);
  const own = [
    sweeping({ ...opened, metrics: parts.metrics, collections: spec.collections }),
    storeWatch(opened, parts.readiness),
    streamWatch(spec.service, opened, parts.metrics),
    // Without subscriptions there is nothing that could be given up or forgotten.
    ...(composed.subscriptions.length > 0 ? safetyNets(parts, opened, composed.subscriptions) : []),
    sagaWatch({
      sagas: composed.sagas ?? [],
      store: opened.infra.store,
      readiness: parts.readiness,
      log: parts.logger,
    }),
    republishing,
  ];
  const background = [...(composed.background ?? []), ...own];
  opened.relay.start();
  await nest.listen();
  for (const each of background) await each.start();
  return {
    live: () => nest.streams.live(),
    phases: phasesOf(opened, nest, { background, graceMs: graceOf(composed) }),
  };
}

function safetyNets<C extends CommonSettings>(
  { metrics, probe }: ProcessParts<C>,
  { infra, bus, owner }: Opened<C>,
  subscriptions: readonly Subscription[],
): readonly Background[] {
  const { service, store, newId, logger: log } = infra;
  const deps = { service, store, newId, metrics, log, bus, probe };
  const reconciler = new Reconciler({ ...deps, owner, subscriptions, catalogue: allDefinitions });
  return [
    { name: 'advisories', ...watchAdvisories(deps) },
    { name: 'reconciliation', start: () => reconciler.start(), stop: () => reconciler.stop() },
  ];
}

function assertDeclaredHere(service: ContextName, subscriptions: readonly Subscription[]): void {
  const declaration = declaredServices.find((each) => each.service === service);
  if (!declaration) throw new Error(`${service} is not among the declared services`);
  assertDeclared(declaration, subscriptions);
}

function consumersOver<C extends CommonSettings>(
  parts: ProcessParts<C>,
  { infra, bus, owner, server }: Opened<C>,
  composed: Composed<unknown>,
): Strategies {
  const { config, metrics, probe } = parts;
  const { service, store, clock, newId, logger: log } = infra;
  const shared = {
    service,
    store,
    bus,
    clock,
    newId,
    owner,
    catalogue: allDefinitions,
    ackWaitMs: config.ACK_WAIT,
    leaseMs: config.LEASE_TIME,
    metrics,
    log,
    tracer,
    ...(probe && { probe }),
  };
  const consume = (subscriptions: readonly Subscription[]) => createConsumers({ ...shared, subscriptions });
  return {
    requests: new RpcStrategy(server, GRACE_MS),
    streams: new JetStreamStrategy({ subscriptions: composed.subscriptions, consume, graceMs: graceOf(composed) }),
  };
}

/** The verbs of operators, sagas where some are hosted; answers what works off what they ask for. */
function serveVerbs<C>(
  service: ContextName,
  { server, bus, infra, owner }: Opened<C>,
  { sagas = [] }: Composed<unknown>,
): Background {
  const { store, newId, logger: log } = infra;
  const republisher = serveOperator({ server, service, store, bus, newId, owner, log });
  const verbs = operator(service);
  if (sagas.length > 0)
    for (const [verb, handler] of Object.entries(sagaOperations(sagas, { store })))
      server.serve(verbs[verb as keyof SagaOperations], handler as RpcHandler);
  return { name: 'republish', start: () => republisher.start(), stop: () => republisher.stop() };
}

/** The order of delivery.md §6: nothing new, finish what runs, send what was written, close. */
function phasesOf<C>(
  { relay, bus, infra, closeClient }: Opened<C>,
  nest: Nest,
  { background, graceMs }: Ending,
): Phase[] {
  const work = () =>
    Promise.all([nest.streams.close(), nest.requests.close(), ...background.map((each) => each.stop())]);
  return [
    { name: 'consumers and requests', budgetMs: graceMs + 1000, work },
    { name: 'relay', budgetMs: 3000, work: () => relay.stop() },
    { name: 'nest', budgetMs: 1000, work: nest.close },
    { name: 'bus', budgetMs: 1000, work: async () => (closeClient(), bus.close()) },
    { name: 'store', budgetMs: 2000, work: () => infra.store.close() },
  ];
}
type Ending = Readonly<{ background: readonly Background[]; graceMs: number }>;
const graceOf = ({ drainMs = GRACE_MS }: Composed<unknown>): number => Math.max(GRACE_MS, drainMs);
