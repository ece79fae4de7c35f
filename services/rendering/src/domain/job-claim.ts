import { refuse } from './errors';
import type { Failure } from './failure';
import type { JobDecision, JobStatus, RenderJob } from './render-job';

/** Which attempt at the preparing or the finishing item, of which life of the job. */
export type JobClaim = Readonly<{ status: JobStatus; epoch: number; attempt: number }>;

export const claimJob = (job: RenderJob): JobDecision => ({ state: { ...job, attempt: job.attempt + 1 }, events: [] });

/**
 * True while the claim is the newest; false once the job went on without it.
 * @throws RENDERING.FENCED when a newer claim works on it, so that a zombie settles no message of that claim
 */
export function isCurrent(job: RenderJob | undefined, { status, epoch, attempt }: JobClaim): job is RenderJob {
  if (job?.status !== status || job.epoch !== epoch) return false;
  if (job.attempt !== attempt) throw refuse.FENCED('the job');
  return true;
}

/** A fault is written down; a claim that was given back unused, because the replica stops, costs no attempt. */
export const noteOnClaim =
  (claim: JobClaim, fault: Failure | 'released') =>
  (job: RenderJob): JobDecision => {
    if (!isCurrent(job, claim)) return { state: job, events: [] };
    const noted = fault === 'released' ? { attempt: job.attempt - 1 } : { lastFault: fault };
    return { state: { ...job, ...noted }, events: [] };
  };
