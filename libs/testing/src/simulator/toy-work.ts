import { type Context, errors } from '@gts/kernel';
import { busErrors, type Incoming, worker, workItem, type WorkRun, type WorkSubscription } from '@gts/messaging';
import { InspectRun } from '../toy/contracts';
import { kill } from './sim-process';
import { type Inspection, inspectionRows } from './toy-rows';
import { moodOf, type ToyDeps } from './toy-deps';

/** As the product's own work has it; a process that dies under it uses them up. */
const MOST_ATTEMPTS = 3;
const LONGEST_MS = 4000;
const fresh = (runId: string): Inspection => ({ runId, attempt: 0, state: 'open', ends: 0 });

const refuse = errors('TOYWORK', {
  UNFIT: { kind: 'rule-violated', summary: 'It is unfit.', message: () => 'this run is unfit' },
});

async function change(deps: ToyDeps, ctx: Context, { runId, to }: Change): Promise<Inspection> {
  return deps.life.store.transaction(ctx, async (unit) => {
    const rows = unit.collection(inspectionRows);
    const found = await rows.find(runId);
    const { attempt, state, ends } = found ?? fresh(runId);
    const next = to({ runId, attempt, state, ends });
    await rows.put(runId, next);
    return next;
  });
}
type Change = Readonly<{ runId: string; to: (row: Inspection) => Inspection }>;

/** Takes its time, moving; may refuse, fail for now, or take its process along. */
async function inspect(deps: ToyDeps, message: Incoming<{ runId: string }>, { claim, moved }: WorkRun<number>) {
  const { life } = deps;
  const { runId } = message.data;
  if (deps.kills('work', runId)) return kill(life, 'killer work');
  const { time, dice } = life.process.world;
  for (let left = dice.between(0, LONGEST_MS); left > 0; left -= 1000) {
    await life.mortal(() => time.sleep(Math.min(left, 1000)));
    moved();
  }
  const mood = moodOf(deps, `inspect ${runId}`);
  if (mood === 'no') throw refuse.UNFIT();
  if (mood === 'later' && claim === 1) throw busErrors.TIMEOUT('inspect');
}

/** A `work` subscription: claimed in a unit, run outside of any, ended in another. */
export const inspections = (deps: ToyDeps): WorkSubscription =>
  worker('inspections', {
    concurrency: 2,
    maxDuration: '1m',
    items: [
      workItem(InspectRun, {
        maxAttempts: MOST_ATTEMPTS,
        claim: async ({ data: { runId } }, ctx) => {
          const { attempt } = await change(deps, ctx, { runId, to: (row) => ({ ...row, attempt: row.attempt + 1 }) });
          return { attempt, claim: attempt };
        },
        run: (message, _ctx, run) => inspect(deps, message, run),
        complete: async (...[{ data }, ctx, _result, claim]) => {
          const { runId } = data;
          await change(deps, ctx, {
            runId,
            to: (row) => {
              if (row.attempt !== claim) throw busErrors.FENCED(runId);
              return { ...row, state: 'done', ends: row.ends + 1 };
            },
          });
        },
        giveUp: async ({ data: { runId } }, ctx) => {
          await change(deps, ctx, { runId, to: (row) => ({ ...row, state: 'gave up', ends: row.ends + 1 }) });
        },
      }),
    ],
  });
