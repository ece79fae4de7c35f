import type { NewId, Probe, SagaId } from '@gts/kernel';
import type { Outgoing } from '@gts/messaging';
import type { Encoder, Store } from '@gts/persistence';
import type { AnySaga } from './definition';
import type { SagaInstance, StepResult, TimerKind } from './instance';

/** What happened to sagas, for metrics and logs; never payloads. */
export type SagaFact =
  | Readonly<{ fact: 'started' | 'compensating' | 'stuck'; type: string; sagaId: SagaId }>
  | Readonly<{ fact: 'finished'; type: string; sagaId: SagaId; outcome: SagaInstance['state'] }>
  | Readonly<{ fact: 'ignored'; type: string; reason: NonNullable<StepResult['ignored']> | 'second start' | 'unknown' }>
  | Readonly<{ fact: 'timer'; type: string; kind: TimerKind; latenessMs: number }>
  | Readonly<{ fact: 'timer failed'; type: string; error: unknown }>
  | Readonly<{ fact: 'fenced'; type: string; step: string }>;

export type SagaDeps = Readonly<{
  store: Store;
  encoder: Encoder<Outgoing>;
  newId: NewId;
  observe?: (fact: SagaFact) => void;
  probe?: Probe;
}>;

export type HostDeps = SagaDeps &
  Readonly<{
    /** Older definitions whose instances may still be unfinished. */
    versions?: readonly AnySaga[];
    /** 0..1, spreads the polling of replicas. */
    random?: () => number;
  }>;
