import type { DeclaredSubscription } from '@gts/contracts';
import type { MemoryBroker } from '@gts/messaging';
import type { SagaDefinition, SagaFact } from '@gts/saga';
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
  /** When the host of the saga began each of its lives. */
  births: readonly number[];
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
  points: number;
  outcomes: readonly string[];
  atRest: boolean;
}>;
export type ToyServiceName = 'shootouts' | 'gear-catalog' | 'rendering';
