import { FailShootout, ShootoutFailed } from '@gts/contracts';
import { type Outcome, done, participant } from '@gts/saga';
import type { FailedFacts } from '../domain/events';
import { failRun } from '../domain/run';
import type { Shootouts } from './ports';

/** The last undo: tells people why there is no sound. */
export const failShootout = ({ shootouts }: Readonly<{ shootouts: Shootouts }>) =>
  participant(FailShootout, {
    do: async ({ data: { shootoutId, runId, ...failure } }, ctx): Promise<Outcome> => {
      const ownerId = await shootouts(ctx).update(shootoutId, failRun(runId, failure), ({ ownerId: owner }) => owner);
      const { code, toneId } = failure;
      return done(ShootoutFailed, { shootoutId, ownerId, runId, code, ...(toneId !== undefined && { toneId }) });
    },
    publish: async ({ data }, ctx) => {
      const facts = data as FailedFacts;
      const told = { type: 'Failed', facts } as const;
      await shootouts(ctx).update(facts.shootoutId, (state) => ({ state, events: [told] }));
    },
  });
