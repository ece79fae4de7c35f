import { type DataOf, type FinishRender, RenderJobCompleted } from '@gts/contracts';
import type { Context, Id } from '@gts/kernel';
import type { MessageOf, WorkRun } from '@gts/messaging';
import { done, type Outcome } from '@gts/saga';
import { isCurrent, type JobClaim } from '../domain/job-claim';
import { complete, type RenderJob } from '../domain/render-job';
import { engineOf, enginesOf } from './engines-of';
import { type FinishedSet, type FinishedTone, type finishTones } from './finish-tones';
import { attempt, type Done, claimJobItem, failJob, type Finding, type JobWorkDeps, onJob, spent } from './job-work';
import type { ProgressBoard } from './progress-board';

export type EngineIds = DataOf<typeof RenderJobCompleted>['engine'];
type Deps = Omit<JobWorkDeps, 'settle'> &
  Readonly<{
    finish: ReturnType<typeof finishTones>;
    settle: (ctx: Context, job: RenderJob, completed?: Outcome) => Promise<void>;
    board: ProgressBoard;
    engine: EngineIds;
  }>;
type Message = MessageOf<typeof FinishRender>;

/** Levels, encodes and verifies the set; the job is complete with it. */
export const finishRender = (deps: Deps) => ({
  maxAttempts: 3,
  claim: (message: Message, ctx: Context) => claimJobItem(deps, 'finishing')(message.data, ctx),
  run: async ({ data: { runId } }: Message, ctx: Context, run: WorkRun<JobClaim>): Promise<Finding<FinishedSet>> => {
    const job = await deps.jobs(ctx).get(runId);
    deps.board.begin(
      runId,
      job.tones.map(({ toneId }) => toneId),
    );
    const onProgress = (stage: 'level' | 'encode', fraction: number): void => {
      run.moved();
      deps.board.common(ctx, { runId, stage, fraction });
    };
    const work = (signal: AbortSignal) => deps.finish(job, { signal, onProgress });
    const { signal, claim } = run;
    return attempt(deps)({ ...onJob(deps.jobs, ctx, { runId, claim }), signal, work });
  },
  complete: async (
    { message: { data }, result: found, claim }: Done<Message, Finding<FinishedSet>, JobClaim>,
    ctx: Context,
  ): Promise<void> => {
    const job = await deps.jobs(ctx).find(data.runId);
    if (!isCurrent(job, claim) || found.kind === 'dropped') return;
    if (found.kind === 'refused') return failJob(deps)(ctx, data, found.failure);
    const outputs = found.value.tones.flatMap(({ listen, download, data, opus }) =>
      [listen, download, data, ...(opus ? [opus] : [])].map(({ sha256 }) => sha256),
    );
    const ended = await deps
      .jobs(ctx)
      .update(data.runId, complete({ outputs, levelled: levelledOf(found.value) }), (state) => state);
    await deps.settle(ctx, ended, done(RenderJobCompleted, report(job, found.value, deps.engine)));
  },
  giveUp: async ({ data }: Message, ctx: Context): Promise<void> => {
    const job = await deps.jobs(ctx).find(data.runId);
    await failJob(deps)(ctx, data, spent(job?.lastFault));
  },
});

const levelledOf = ({ frames, targetLufs, tones }: FinishedSet) => ({
  frames,
  targetLufs,
  gainsDb: tones.map(({ gainDb }) => gainDb),
  data: tones.map(({ data }) => data.sha256),
});

const round3 = (value: number): number => Math.round(value * 1000) / 1000;

function report(job: RenderJob, set: FinishedSet, engine: EngineIds): DataOf<typeof RenderJobCompleted> {
  const reused = job.tones.filter(({ cached }) => cached).length;
  const { ids, mixed } = enginesOf(job.tones);
  const codes = [...(job.prepared?.warnings ?? []), ...set.warnings, ...(mixed ? ['set.mixed_engine'] : [])];
  return {
    runId: job.runId as Id<'Run'>,
    shootoutId: job.shootoutId as Id<'Shootout'>,
    tones: set.tones.map((tone) => ({
      ...toneReport(tone),
      ...engineOf(job.tones.find(({ toneId }) => toneId === tone.toneId)),
    })),
    levelling: {
      targetLufs: set.targetLufs,
      ...(set.limitedBy !== undefined && { limitedBy: set.limitedBy as Id<'ToneSelection'> }),
    },
    warnings: codes.map((code) => ({ code }) as DataOf<typeof RenderJobCompleted>['warnings'][number]),
    engine: { ...engine, amp: ids.join('+') || engine.amp },
    inputs: inputsOf(job),
    rendered: job.tones.length - reused,
    reused,
  };
}

const toneReport = (tone: FinishedTone): DataOf<typeof RenderJobCompleted>['tones'][number] => ({
  toneId: tone.toneId as Id<'ToneSelection'>,
  media: {
    listen: tone.listen,
    download: tone.download,
    data: tone.data,
    ...(tone.opus && { opus: tone.opus }),
  },
  text: tone.text,
  frames: tone.frames,
  integratedLufs: round3(tone.encoded.integrated),
  truePeakDbtp: round3(tone.encoded.truePeak),
  gainDb: tone.gainDb,
  pcmSha256: tone.pcmSha256,
  measures: {
    integratedLufs: round3(tone.before.integrated),
    truePeakDbtp: round3(tone.before.truePeak),
    samplePeakDbfs: round3(tone.before.samplePeak),
    encodedIntegratedLufs: round3(tone.encoded.integrated),
    encodedTruePeakDbtp: round3(tone.encoded.truePeak),
  },
});

function inputsOf({ spec }: RenderJob): DataOf<typeof RenderJobCompleted>['inputs'] {
  const files = (spec?.tones ?? []).flatMap(({ blocks }) =>
    blocks.flatMap(({ kind, file }) =>
      file ? [{ kind: kind === 'capture' ? ('capture' as const) : ('ir' as const), sha256: file.sha256 }] : [],
    ),
  );
  const unique = new Map(files.map((each) => [each.sha256, each]));
  return [{ kind: 'di', sha256: spec?.di.audio.sha256 ?? '' }, ...unique.values()];
}
