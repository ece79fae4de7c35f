import type { DeclaredSubscription } from '@gts/contracts';
import type { CrashPoint } from '@gts/kernel';
import type { MemoryBroker } from '@gts/messaging';
import type { SagaDefinition, SagaFact } from '@gts/saga';
import type { Met } from './fates';
import type { SimProcess, World } from './sim-process';
import type { ToyClients } from './toy-client';

export type TimerFact = SagaFact & Readonly<{ fact: 'timer' }> & Readonly<{ atMs: number }>;
/** Everything that a run left behind: what oracles read. */
export type Simulation = Readonly<{
  seed: number;
  world: World;
  broker: MemoryBroker;
  subscriptions: readonly DeclaredSubscription[];
  processes: Readonly<Record<ToyServiceName, SimProcess>>;
  clients: ToyClients;
  timers: readonly TimerFact[];
  saga: SagaDefinition;
  /** Whether everything came to rest. */
  quiet: boolean;
}>;
export type SimResult = Readonly<{ seed: number; broken: readonly string[]; stats: SimStats }>;
export type SimStats = Readonly<{
  virtualSeconds: number;
  messages: number;
  redeliveries: number;
  restarts: number;
  /** Crash points in order, and which of them were met by which fate. */
  passed: readonly CrashPoint[];
  met: readonly Met[];
  outcomes: readonly string[];
  atRest: boolean;
}>;
export type ToyServiceName = 'shootouts' | 'gear-catalog' | 'rendering';
