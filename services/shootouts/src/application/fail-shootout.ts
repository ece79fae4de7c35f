import { FailShootout, ShootoutFailed } from '@gts/contracts';
import type { Clock } from '@gts/kernel';
import { type Outcome, done, participant } from '@gts/saga';
import type { FailedFacts } from '../domain/events';
import { failRun } from '../domain/run';
import type { RunNotes, Shootouts } from './ports';

type Deps = Readonly<{ shootouts: Shootouts; runs: RunNotes; clock: Clock }>;

/** The last undo: tells people why there is no sound. */
export const failShootout = ({ shootouts, runs, clock }: Deps) =>
  participant(FailShootout, {
    do: async ({ data: { shootoutId, runId, ...failure } }, ctx): Promise<Outcome> => {
      const ownerId = await shootouts(ctx).update(shootoutId, failRun(runId, failure), ({ ownerId: owner }) => owner);
      // It stays at the step where it ended.
      await runs.note(runId, { step: 'snapshot', endedAt: clock.now() }, ctx);
      const { code, toneId } = failure;
      return done(ShootoutFailed, { shootoutId, ownerId, runId, code, ...(toneId !== undefined && { toneId }) });
    },
    publish: async ({ data }, ctx) => {
      const facts = data as FailedFacts;
      const told = { type: 'Failed', facts } as const;
      await shootouts(ctx).update(facts.shootoutId, (state) => ({ state, events: [told] }));
    },
  });
