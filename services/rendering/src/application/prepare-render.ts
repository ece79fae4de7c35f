import { inputFault } from '@gts/artefacts';
import { pcmOf, release, stageKey } from '@gts/audio';
import type { DataOf, PrepareRender } from '@gts/contracts';
import type { Context, NewId } from '@gts/kernel';
import type { MessageOf, WorkRun } from '@gts/messaging';
import { queueChain } from '../domain/chain-render';
import { isCurrent, type JobClaim } from '../domain/job-claim';
import { fanOut, type RenderJob, type RenderSpec } from '../domain/render-job';
import { attempt, type Done, claimJobItem, failJob, type Finding, type JobWorkDeps, onJob, spent } from './job-work';
import type { ChainRenders, Files, RenderCache, SoundProcessor } from './ports';
import type { ProgressBoard } from './progress-board';

type Deps = JobWorkDeps &
  Readonly<{
    chains: ChainRenders;
    files: Files;
    cache: RenderCache;
    sound: SoundProcessor;
    board: ProgressBoard;
    newId: NewId;
  }>;
type Message = MessageOf<typeof PrepareRender>;
type Prepared = NonNullable<RenderJob['prepared']>;

/** Stage 4 once for the whole set, then one work item a tone. */
export const prepareRender = (deps: Deps) => ({
  maxAttempts: 3,
  claim: (message: Message, ctx: Context) => claimJobItem(deps, 'preparing')(message.data, ctx),
  run: async ({ data }: Message, ctx: Context, run: WorkRun<JobClaim>): Promise<Finding<Prepared>> => {
    const { spec } = await deps.jobs(ctx).get(data.runId);
    if (!spec) return { kind: 'dropped' };
    deps.board.begin(
      data.runId,
      spec.tones.map(({ toneId }) => toneId),
    );
    const work = async (signal: AbortSignal) => {
      const prepared = await prepared4(deps, spec, signal);
      run.moved();
      deps.board.common(ctx, { runId: data.runId, stage: 'decode', fraction: 1 });
      return prepared;
    };
    const { signal, claim } = run;
    return attempt(deps)({ ...onJob(deps.jobs, ctx, { runId: data.runId, claim }), signal, work });
  },
  complete: ({ message, result: found, claim }: Done<Message, Finding<Prepared>, JobClaim>, ctx: Context) =>
    concludePrepare(deps, { item: message.data, claim, found }, ctx),
  giveUp: async ({ data }: Message, ctx: Context): Promise<void> => {
    const job = await deps.jobs(ctx).find(data.runId);
    await failJob(deps)(ctx, data, spent(job?.lastFault));
  },
});

async function prepared4({ cache, files, sound }: Deps, spec: RenderSpec, signal: AbortSignal): Promise<Prepared> {
  const params = { inputGainDb: spec.inputGainDb, ...(spec.excerpt && { excerpt: spec.excerpt }) };
  const key = stageKey({ stage: 'prepare', engine: sound.id, inputs: [spec.di.audio.sha256], params });
  return cache.once(key, { signal }, async () => {
    const found = await cache.find(key);
    const warnings = (await cache.findValue(key)) as readonly string[] | undefined;
    if (found && warnings && (await cache.read(found))) return { ...found, warnings };
    const bytes = await files.read(spec.di.audio.sha256);
    if (!bytes) throw inputFault.missing(spec.di.audio.sha256);
    const pcm = await sound.prepare(pcmOf(bytes), params, { signal });
    const kept = await cache.keep(key, pcm, true);
    release(pcm.samples);
    await cache.keepValue(key, pcm.warnings);
    return { ...kept, warnings: pcm.warnings };
  });
}

type Conclusion = Readonly<{ item: DataOf<typeof PrepareRender>; claim: JobClaim; found: Finding<Prepared> }>;

/** In one unit: the chains, their work items and the job that waits for them. A late result changes nothing. */
async function concludePrepare(deps: Deps, { item, claim, found }: Conclusion, ctx: Context): Promise<void> {
  const job = await deps.jobs(ctx).find(item.runId);
  if (!isCurrent(job, claim) || found.kind === 'dropped') return;
  if (found.kind === 'refused') return failJob(deps)(ctx, item, found.failure);
  const fanned = await deps.jobs(ctx).update(
    item.runId,
    fanOut(found.value, () => deps.newId<'ChainRender'>()),
    (state) => state,
  );
  for (const { chainRenderId, toneId } of fanned.tones)
    await deps.chains(ctx).create(chainRenderId, () => queueChain(item.runId, toneId, item.epoch));
}
