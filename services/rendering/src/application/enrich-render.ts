import type { EnrichRender } from '@gts/contracts';
import type { Context } from '@gts/kernel';
import type { MessageOf, WorkRun } from '@gts/messaging';
import {
  claimEnrichments,
  claimOf,
  endEnrichments,
  type EnrichClaim,
  giveUpEnrichments,
  noteEnrichFault,
  wantedOf,
} from '../domain/enrich-job';
import type { EnrichmentKind, EnrichmentOutcome, Made } from '../domain/enrichment';
import type { Failure } from '../domain/failure';
import type { RenderJob } from '../domain/render-job';
import { attempt, type Done, type Finding, type JobWorkDeps, spent } from './job-work';
import type { RunOptions } from './ports';
import type { ProgressBoard } from './progress-board';

/** Makes one kind of a finished set. */
export type Maker = (job: RenderJob, options: RunOptions) => Promise<Made>;
type Deps = Omit<JobWorkDeps, 'settle'> &
  Readonly<{ makers: Readonly<Record<EnrichmentKind, Maker>>; board: ProgressBoard }>;
type Message = MessageOf<typeof EnrichRender>;
type Ending = Readonly<{ kind: EnrichmentKind; outcome: EnrichmentOutcome }>;
type Result = readonly Ending[];

/** Stage 11: montage, video and picture of a finished set; whatever becomes of them, the set stays finished. */
export const enrichRender = (deps: Deps) => ({
  maxAttempts: 3,
  claim: async ({ id, data: { runId, kinds } }: Message, ctx: Context) => {
    const job = await deps.jobs(ctx).find(runId);
    const wanted = job ? wantedOf(job, kinds, id) : [];
    if (wanted.length === 0) return 'skip' as const;
    deps.admission.check();
    const claim = await deps
      .jobs(ctx)
      .update(runId, claimEnrichments(wanted, id), (state) => claimOf(state, { kinds: wanted, by: id }));
    return { attempt: Math.max(...Object.values(claim.attempts)), claim };
  },
  run: (message: Message, ctx: Context, run: WorkRun<EnrichClaim>) => makeAll(deps, { message, run }, ctx),
  complete: async ({ message, result, claim }: Done<Message, Result, EnrichClaim>, ctx: Context): Promise<void> => {
    await deps.jobs(ctx).update(message.data.runId, endEnrichments(result, claim));
  },
  giveUp: async ({ data: { runId, kinds } }: Message, ctx: Context): Promise<void> => {
    if (await deps.jobs(ctx).find(runId))
      await deps.jobs(ctx).update(runId, giveUpEnrichments(kinds, spent(undefined)));
  },
});

type Running = Readonly<{ message: Message; run: WorkRun<EnrichClaim> }>;

async function makeAll(deps: Deps, { message, run }: Running, ctx: Context): Promise<Result> {
  const { runId } = message.data;
  const job = await deps.jobs(ctx).get(runId);
  const kinds = wantedOf(job, message.data.kinds, message.id);
  const endings: Ending[] = [];
  const note = async (fault: Failure | 'released'): Promise<void> => {
    // What is ready stays so, whatever becomes of the rest: its end is written before the item is tried again.
    if (endings.length > 0) await deps.jobs(ctx).update(runId, endEnrichments(endings, run.claim));
    await deps.jobs(ctx).update(runId, noteEnrichFault(fault, run.claim));
  };
  for (const kind of kinds) {
    const onProgress = (fraction: number): void => {
      run.moved();
      if (kind !== 'montage') deps.board.beside(ctx, { runId, stage: kind, fraction });
    };
    const work = (signal: AbortSignal) => deps.makers[kind](job, { signal, onProgress });
    const isWanted = async () => wantedOf(await deps.jobs(ctx).get(runId), [kind], message.id).length > 0;
    const outcome = outcomeOf(await attempt(deps)({ runId, signal: run.signal, isWanted, work, note }));
    if (outcome) endings.push({ kind, outcome });
  }
  return endings;
}

/** Nothing where nobody wants it any more. */
function outcomeOf(found: Finding<Made>): EnrichmentOutcome | undefined {
  if (found.kind === 'dropped') return undefined;
  if (found.kind === 'refused') return { status: 'failed', failure: found.failure };
  return { status: 'ready', made: found.value };
}
