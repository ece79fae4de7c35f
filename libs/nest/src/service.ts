import type { ArtefactStore } from '@gts/artefacts';
import type { RpcDef } from '@gts/contracts';
import type { Clock, NewId, ServiceName } from '@gts/kernel';
import type { Outgoing, ProgressReporter, RpcClient, RpcHandler, Subscription } from '@gts/messaging';
import type { Encoder, Store } from '@gts/persistence';
import type { Logger } from '@gts/observability';

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
  artefacts: ArtefactStore;
  logger: Logger;
}>;

/** What `compose` answers: use cases for the Nest module, subscriptions for the consumer runtime, things to stop. */
export type Composed<Application> = Readonly<{
  application: Application;
  subscriptions: readonly Subscription[];
  /** Started after the consumers, stopped before them; e.g. worker pools, sweeps. */
  background?: readonly Background[];
  /** Operator verbs of what the service hosts, beside those that every service has. */
  operations?: readonly Operation[];
}>;
export type Operation = Readonly<{ def: RpcDef; handler: RpcHandler }>;
export type Background = Readonly<{ name: string; start(): Promise<void> | void; stop(): Promise<void> }>;
