import type { Context } from '@gts/kernel';
import { sagaErrors } from './errors';
import { emit, opId, storedOutcome } from './op-outcome';
import type { Op, Outcome, Publish } from './participant-types';
import type { ParticipantDeps } from './participants';
import { opRows } from './rows';

type Decided = Exclude<Outcome, { state: 'doing' }>;

/**
 * How a job ends the op that its command left `doing`. Joins the unit of `ctx` or opens one.
 * `publish` is the participant's own, where its events belong to an aggregate.
 * @throws SAGA.FENCED when the op was undone, tried again or completed before: discard the output
 */
export const completeOp =
  (deps: ParticipantDeps, publish?: Publish) =>
  (ctx: Context, op: Op, outcome: Outcome): Promise<void> =>
    deps.store.transaction(ctx, async (unit) => {
      const row = await unit.collection(opRows).find(opId(op));
      if (outcome.state === 'doing' || row?.state !== 'doing' || row.attempt !== op.attempt)
        throw sagaErrors.FENCED(op.step);
      await deps.probe?.('participant.beforeComplete');
      const now = await unit.now();
      const decided: Decided = outcome;
      const { meta, ...kept } = row;
      const next = { ...kept, state: decided.state, outcome: storedOutcome(decided), at: now };
      await unit
        .collection(opRows)
        .replace(meta.id, meta.version, await emit({ ...deps, publish }, { unit, op, row: next, now }));
    });
