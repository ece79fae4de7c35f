import { RenderJobFailed } from '@gts/contracts';
import { assertNever, type Context, type Id } from '@gts/kernel';
import { failed, type Outcome } from '@gts/saga';
import { hasEnded, type RenderJob } from '../domain/render-job';
import type { CompleteOp, RenderQueue, RunningWork, Units } from './ports';
import type { ProgressBoard } from './progress-board';
import type { StartWaiting } from './start-waiting';

export type EndDeps = Readonly<{
  queue: RenderQueue;
  units: Units;
  running: RunningWork;
  board: ProgressBoard;
  completeOp: CompleteOp;
  startWaiting: StartWaiting;
}>;

/**
 * Leaves the queue, tells what still works on the run to stop, and lets the next one start; in the unit of `ctx`.
 * After a completion nothing works on it but what is made beside the finished set, and that goes on.
 */
export const leave =
  ({ queue, units, running, board, startWaiting }: Omit<EndDeps, 'completeOp'>) =>
  async (ctx: Context, { runId, epoch, status }: RenderJob): Promise<void> => {
    await queue.remove(ctx, runId);
    await units.afterCommit(ctx, () => {
      if (status !== 'completed') running.cancel({ runId, epoch });
      board.end(runId);
    });
    await startWaiting(ctx);
  };

/** What follows when a job has ended: the saga is answered, once. Nothing while it goes on. */
export const settle =
  (deps: EndDeps) =>
  async (ctx: Context, job: RenderJob, completed?: Outcome): Promise<void> => {
    if (!hasEnded(job)) return;
    await leave(deps)(ctx, job);
    const outcome = completed ?? failureOutcome(job);
    if (job.op && outcome) await deps.completeOp(ctx, job.op, outcome);
  };

function failureOutcome(job: RenderJob): Outcome | undefined {
  if (job.status !== 'failed') return undefined;
  const [first] = job.failures;
  const errors = job.failures.map(({ toneId, ...failure }) => ({
    ...failure,
    ...(toneId !== undefined && { toneId: toneId as Id<'ToneSelection'> }),
  }));
  return failed(RenderJobFailed, {
    runId: job.runId as Id<'Run'>,
    shootoutId: job.shootoutId as Id<'Shootout'>,
    code: first?.code ?? 'engine.crash',
    retryable: job.failures.every(({ code }) => isFault(code)),
    errors,
  });
}

const isFault = (code: string): boolean => /^(engine|encoder|store)\./.test(code);

export const stageOf = (block: { kind: 'capture' | 'ir' | 'effect' }): 'amp' | 'cab' | 'fx' => {
  switch (block.kind) {
    case 'capture':
      return 'amp';
    case 'ir':
      return 'cab';
    case 'effect':
      return 'fx';
    default:
      return assertNever(block.kind);
  }
};
