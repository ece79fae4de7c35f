import { type CancelRenderJob, RenderJobCancelled } from '@gts/contracts';
import type { Context, Id } from '@gts/kernel';
import type { MessageOf } from '@gts/messaging';
import { done, type Outcome } from '@gts/saga';
import { cancelChain } from '../domain/chain-render';
import { cancel, filesOf, isOpen, type RenderJob, tombstone } from '../domain/render-job';
import type { ChainRenders, Files, RenderJobs, Units } from './ports';

type Deps = Readonly<{
  jobs: RenderJobs;
  chains: ChainRenders;
  files: Files;
  units: Units;
  leave: (ctx: Context, job: RenderJob) => Promise<void>;
  now: () => string;
}>;
type Command = MessageOf<typeof CancelRenderJob>;

/** Undoes a run in whatever state it is: unknown leaves a tombstone, running is stopped, completed lets its files go. */
export const cancelJob =
  (deps: Deps) =>
  async (command: Command, ctx: Context): Promise<Outcome> => {
    const { runId } = command.data;
    const epoch = command.saga?.epoch ?? 0;
    const known = await deps.jobs(ctx).find(runId);
    await (known ? cancelKnown(deps, ctx, { job: known, epoch }) : leaveTombstone(deps, ctx, { runId, epoch }));
    return done(RenderJobCancelled, { runId });
  };

async function cancelKnown(deps: Deps, ctx: Context, { job, epoch }: { job: RenderJob; epoch: number }): Promise<void> {
  const files = filesOf(job);
  const cancelled = await deps.jobs(ctx).update(job.runId, cancel(epoch), (state) => state);
  for (const tone of job.tones) if (isOpen(tone.status)) await deps.chains(ctx).update(tone.chainRenderId, cancelChain);
  await deps.leave(ctx, cancelled);
  // Files are let go after the commit: a unit touches its store only, and a mark too many costs disk, not truth.
  await deps.units.afterCommit(ctx, () => files.forEach((sha256) => void deps.files.release(sha256).catch(() => 0)));
}

const leaveTombstone = (
  { jobs, now }: Deps,
  ctx: Context,
  { runId, epoch }: { runId: Id<'Run'>; epoch: number },
): Promise<void> => {
  const { correlationId } = ctx;
  return jobs(ctx).create(runId, () =>
    tombstone({ runId, shootoutId: '', epoch, origin: { correlationId }, acceptedAt: now() }),
  );
};
