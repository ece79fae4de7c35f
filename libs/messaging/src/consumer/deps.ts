import type { Definition } from '@gts/contracts';
import type { Clock, NewId, Probe, ServiceName } from '@gts/kernel';
import type { Store } from '@gts/persistence';
import type { Bus } from '../bus';
import type { Log, Metrics, Protection, Scheduler, Tracer } from '../ports';
import type { Turns } from './turns';

export type ConsumerDeps = Readonly<{
  service: ServiceName;
  store: Store;
  bus: Bus;
  scheduler: Scheduler;
  clock: Clock;
  newId: NewId;
  metrics: Metrics;
  log: Log;
  tracer: Tracer;
  /** All definitions of the product: tells an unknown type from one that was not asked for. */
  catalogue: readonly Definition[];
  /** Names this process in claims of work. */
  owner: string;
  ackWaitMs: number;
  probe?: Probe | undefined;
  without: readonly Protection[];
  /** Shared by all consumers of this process. */
  turns: Turns;
}>;

/** Ended: resolved, discarded or parked again. Later: something that it needs is away. */
export type RedriveEnd = 'ended' | 'later';
export type ConsumerStateName = 'stopped' | 'running' | 'paused' | 'probing' | 'stopping';
/** A running consumer, as shutdown, readiness and redrive see it. */
export interface Consumer {
  readonly durable: string;
  start(): void;
  /** Stops pulling, hands the buffer back, waits for what runs. */
  stop(graceMs: number): Promise<void>;
  state(): ConsumerStateName;
  /** False once too many handlers ignore their abort signal. */
  live(): boolean;
  redrive(key: string): Promise<RedriveEnd>;
}
