import { ACK_WAIT_MS, type Definition } from '@gts/contracts';
import type { Clock, NewId, Probe, ServiceName } from '@gts/kernel';
import type { Store } from '@gts/persistence';
import type { Bus } from '../bus';
import {
  type Log,
  type Metrics,
  noLog,
  noMetrics,
  noTracer,
  type Protection,
  type Scheduler,
  systemScheduler,
  type Tracer,
} from '../ports';
import { LEASE_MS } from '../leases';
import type { Subscription } from '../subscription';
import type { Consumer, ConsumerDeps } from './deps';
import { kindOfSubscription } from './kind';
import { Redriver } from './redriver';
import { Turns } from './turns';
import { StreamConsumer } from './stream-consumer';
import { WorkConsumer } from './work-consumer';

export type ConsumersOptions = Readonly<{
  service: ServiceName;
  subscriptions: readonly Subscription[];
  store: Store;
  bus: Bus;
  clock: Clock;
  newId: NewId;
  /** Names this process among the replicas. */
  owner: string;
  scheduler?: Scheduler;
  metrics?: Metrics;
  log?: Log;
  tracer?: Tracer;
  catalogue?: readonly Definition[];
  /** The topology's; a third of it passes between two signs of life of running work. */
  ackWaitMs?: number;
  /** How long redrives stay with this process when it dies. */
  leaseMs?: number;
  probe?: Probe;
  /** Switches protections off, to prove that a test sees it. */
  without?: readonly Protection[];
}>;
export type Consumers = Readonly<{
  consumers: ReadonlyMap<string, Consumer>;
  start(): void;
  stop(graceMs?: number): Promise<void>;
  /** False: the process should be restarted. */
  live(): boolean;
}>;

const GRACE_MS = 10_000;

const depsOf = (o: ConsumersOptions): ConsumerDeps => ({
  service: o.service,
  store: o.store,
  bus: o.bus,
  clock: o.clock,
  newId: o.newId,
  owner: o.owner,
  scheduler: o.scheduler ?? systemScheduler,
  metrics: o.metrics ?? noMetrics,
  log: o.log ?? noLog,
  tracer: o.tracer ?? noTracer,
  catalogue: o.catalogue ?? [],
  ackWaitMs: o.ackWaitMs ?? ACK_WAIT_MS,
  probe: o.probe,
  without: o.without ?? [],
  turns: new Turns(o.scheduler ?? systemScheduler),
});

/** The consumers of a service's subscriptions and the worker that redrives its dead letters. */
export function createConsumers(options: ConsumersOptions): Consumers {
  const deps = depsOf(options);
  const made = options.subscriptions.map((each): Consumer =>
    each.kind === 'work'
      ? new WorkConsumer(deps, each)
      : new StreamConsumer(deps, kindOfSubscription(deps.service, each, deps.catalogue)),
  );
  const consumers = new Map(made.map((each) => [each.durable, each]));
  if (consumers.size < made.length) throw new Error(`${options.service}: two subscriptions share a name`);
  const redriver = new Redriver({ ...deps, consumers, leaseMs: options.leaseMs ?? LEASE_MS });
  return {
    consumers,
    start: () => {
      for (const each of made) each.start();
      redriver.start();
    },
    stop: async (graceMs = GRACE_MS) => {
      await Promise.all([redriver.stop(), ...made.map((each) => each.stop(graceMs))]);
    },
    live: () => made.every((each) => each.live()),
  };
}
