import type { Context } from '@gts/kernel';
import { refuse } from '../domain/errors';
import type { Failure } from '../domain/failure';
import { claimJob, isCurrent, type JobClaim, noteOnClaim } from '../domain/job-claim';
import { fail, type JobStatus, type RenderJob } from '../domain/render-job';
import type { Admission, RenderJobs, RunningWork } from './ports';
import { failureOf, refusalOf } from './refusal';

export type JobItem = Readonly<{ runId: string; epoch: number }>;
/** What work on a job came to: a value, a refusal, or nothing that anybody wants any more. */
export type Finding<T> =
  | Readonly<{ kind: 'ready'; value: T }>
  | Readonly<{ kind: 'refused'; failure: Failure }>
  | Readonly<{ kind: 'dropped' }>;

/** A run that came to an end, with the claim that it held. */
export type Done<M, R, C> = Readonly<{ message: M; result: R; claim: C }>;

export type JobWorkDeps = Readonly<{
  jobs: RenderJobs;
  admission: Admission;
  running: RunningWork;
  settle: (ctx: Context, job: RenderJob) => Promise<void>;
}>;

/** Counts an attempt before the work begins; 'skip' where the job moved on without it. */
export const claimJobItem =
  ({ jobs, admission }: Pick<JobWorkDeps, 'jobs' | 'admission'>, status: JobStatus) =>
  async ({ runId, epoch }: JobItem, ctx: Context): Promise<{ attempt: number; claim: JobClaim } | 'skip'> => {
    const job = await jobs(ctx).find(runId);
    if (job?.status !== status || job.epoch !== epoch) return 'skip';
    admission.check();
    const attempt = await jobs(ctx).update(runId, claimJob, (claimed) => claimed.attempt);
    return { attempt, claim: { status, epoch, attempt } };
  };

const TOO_LONG: Failure = { code: 'engine.timeout', detail: 'the work took too long' };

type Attempt<T> = Readonly<{
  runId: string;
  /** Left out where no epoch is at stake: any cancel of the run ends it. */
  epoch?: number;
  signal: AbortSignal;
  /** Looked at once a cancel can be heard: of one that came before, only the row tells. */
  isWanted: () => Promise<boolean>;
  work: (signal: AbortSignal) => Promise<T>;
  /** Writes down what went wrong, or gives the attempt back. */
  note: (fault: Failure | 'released') => Promise<void>;
}>;

/** Runs work that a cancel, a refusal or a fault may end; faults are noted and thrown, so that they are retried. */
export const attempt =
  ({ running, admission }: Pick<JobWorkDeps, 'running' | 'admission'>) =>
  async <T>({ runId, epoch = 0, signal, isWanted, work, note }: Attempt<T>): Promise<Finding<T>> => {
    const own = running.begin({ runId, epoch });
    try {
      if (!(await isWanted())) return { kind: 'dropped' };
      return { kind: 'ready', value: await work(AbortSignal.any([signal, own.signal])) };
    } catch (error) {
      if (own.signal.aborted) return { kind: 'dropped' };
      const failure = refusalOf(error);
      if (failure) return { kind: 'refused', failure };
      const fault = signal.aborted ? TOO_LONG : failureOf(error);
      await note(admission.draining ? 'released' : fault);
      throw admission.draining ? refuse.DRAINING() : error;
    } finally {
      own.end();
    }
  };

type Claimed = Readonly<{ runId: string; claim: JobClaim }>;

/** What an attempt at the job itself asks of its row and writes there. */
export const onJob = (jobs: RenderJobs, ctx: Context, { runId, claim }: Claimed) => ({
  runId,
  epoch: claim.epoch,
  isWanted: async () => isCurrent(await jobs(ctx).find(runId), claim),
  note: (fault: Failure | 'released') => jobs(ctx).update(runId, noteOnClaim(claim, fault)),
});

/** Attempts are spent, or the work was refused: the job ends with that reason. */
export const failJob =
  ({ jobs, settle }: Pick<JobWorkDeps, 'jobs' | 'settle'>) =>
  async (ctx: Context, { runId, epoch }: JobItem, failure: Failure): Promise<void> => {
    const job = await jobs(ctx).find(runId);
    if (!job || job.epoch !== epoch) return;
    await settle(ctx, await jobs(ctx).update(runId, fail(failure), (state) => state));
  };

/** The reason to give when attempts are spent: the last fault, or a crash that left no word. */
export const spent = (lastFault: Failure | undefined): Failure =>
  lastFault ?? { code: 'engine.crash', detail: 'the process broke down each time' };
