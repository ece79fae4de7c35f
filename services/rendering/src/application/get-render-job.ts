import type { DataOf, GetRenderJob, ReplyOf } from '@gts/contracts';
import type { Context, Id } from '@gts/kernel';
import { refuse } from '../domain/errors';
import { positionOf } from '../domain/queue';
import { hasEnded, type JobTone, type RenderJob } from '../domain/render-job';
import type { ChainRenders, RenderJobs, RenderQueue } from './ports';
import type { ProgressBoard, Snapshot } from './progress-board';

type Deps = Readonly<{ jobs: RenderJobs; chains: ChainRenders; queue: RenderQueue; board: ProgressBoard }>;
type Reply = ReplyOf<typeof GetRenderJob>;

/** How far a run of the own workspace is. */
export const getRenderJob =
  ({ jobs, chains, queue, board }: Deps) =>
  async ({ runId }: DataOf<typeof GetRenderJob>, ctx: Context): Promise<Reply> => {
    const job = await jobs(ctx).find(runId);
    if (!job) throw refuse.UNKNOWN_RUN();
    const snapshot = board.snapshot(runId);
    const attempts = await Promise.all(job.tones.map(({ chainRenderId }) => chains(ctx).find(chainRenderId)));
    const ended = hasEnded(job);
    return {
      runId,
      status: job.status,
      percent: job.status === 'completed' ? 100 : (snapshot?.percent ?? 0),
      queuePosition: ended ? null : positionOf(await queue.all(ctx), runId),
      etaSeconds: ended ? null : (snapshot?.etaSeconds ?? null),
      tones: tonesOf(job).map((tone, i) => toneReply(tone, snapshot, attempts[i]?.attempt ?? 0)),
    };
  };

/** Before the fan-out the tones are known from the request only. */
const tonesOf = ({ tones, spec }: RenderJob): readonly JobTone[] =>
  tones.length > 0
    ? tones
    : (spec?.tones ?? []).map(({ toneId }) => ({ toneId, chainRenderId: '', status: 'queued', cached: false }));

function toneReply(tone: JobTone, snapshot: Snapshot | undefined, attempt: number): Reply['tones'][number] {
  const shown = snapshot?.tones[tone.toneId];
  const fraction = tone.status === 'rendered' ? 1 : (shown?.fraction ?? 0);
  return {
    toneId: tone.toneId as Id<'ToneSelection'>,
    stage: stageReply(tone, shown?.stage),
    percent: Math.round(fraction * 100),
    cached: tone.cached,
    attempt,
    ...(tone.failure && { code: tone.failure.code }),
  };
}

function stageReply({ status }: JobTone, shown: Reply['tones'][number]['stage'] | undefined) {
  if (status === 'rendered') return 'done';
  if (status === 'queued' || status === 'running') return shown ?? 'queued';
  return 'failed';
}
