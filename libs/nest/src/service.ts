import type { ArtefactStore } from '@gts/artefacts';
import type { Clock, NewId, Probe, ServiceName } from '@gts/kernel';
import type { Broadcasts, Outgoing, ProgressReporter, RpcClient, Subscription } from '@gts/messaging';
import type { Encoder, Store } from '@gts/persistence';
import type { Logger, Metrics } from '@gts/observability';
import type { SagaFact, SagaHost } from '@gts/saga';

/** What `runService` gives a service's `composition.ts`: every outside thing, opened and ready. */
export type Infrastructure<Config> = Readonly<{
  config: Config;
  service: ServiceName;
  clock: Clock;
  newId: NewId;
  store: Store;
  encoder: Encoder<Outgoing>;
  rpc: RpcClient;
  progress: ProgressReporter;
  /** Hints to all replicas of this service. */
  broadcasts: Broadcasts;
  artefacts: ArtefactStore;
  logger: Logger;
  metrics: Metrics;
  /** Told what happens to the sagas that a service hosts. */
  observeSaga: (fact: SagaFact) => void;
  /** Tests stop a process at a crash point; production has none. Goes to saga hosts and participants. */
  probe?: Probe;
}>;

/** What `compose` answers: use cases for the Nest module, subscriptions for the consumer runtime, things to stop. */
export type Composed<Application> = Readonly<{
  application: Application;
  subscriptions: readonly Subscription[];
  /** Started after the consumers, stopped before them; e.g. worker pools, sweeps. */
  background?: readonly Background[];
  /** Longest time that running work may still take at shutdown; 10 s when left out. */
  drainMs?: number;
  /** Sagas that the service hosts: operators list, retry and cancel them. */
  sagas?: readonly SagaHost[];
}>;
export type Background = Readonly<{ name: string; start(): Promise<void> | void; stop(): Promise<void> }>;
