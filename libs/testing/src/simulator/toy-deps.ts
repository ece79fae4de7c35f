import type { Outgoing, Protection } from '@gts/messaging';
import type { Encoder } from '@gts/persistence';
import type { SagaDefinition, SagaFact, SagaProtection } from '@gts/saga';
import { Dice } from './dice';
import type { Life } from './sim-process';

/** `tenant scope`: a collection of tenants is declared as one of the whole product. */
export type SimProtection = Protection | SagaProtection | 'tenant scope';

export type ToyDeps = Readonly<{
  life: Life;
  encoder: Encoder<Outgoing>;
  saga: SagaDefinition;
  observe: (fact: SagaFact) => void;
  /** Whether the first note of a run, or the work on it, kills whoever handles it. */
  kills: (what: 'note' | 'work', runId: string) => boolean;
  /** Whether the job of a run stands still until somebody gives the run up. */
  waits: (runId: string) => boolean;
  without: readonly SimProtection[];
}>;

/**
 * A participant mostly does its part, sometimes later, sometimes never. What it decides depends on the seed and on
 * what is asked, not on who else was busy: with other tenants or without them a run meets the same fate.
 */
export function moodOf({ life }: ToyDeps, what: string): 'done' | 'later' | 'no' {
  const dice = Dice.named(life.process.world.seed, what);
  if (dice.chance(0.7)) return 'done';
  return dice.chance(0.6) ? 'later' : 'no';
}
