import type { DataOf, RenderChain } from '@gts/contracts';
import type { Context } from '@gts/kernel';
import type { MessageOf, WorkRun } from '@gts/messaging';
import {
  cancelChain,
  type ChainClaim,
  claimChain,
  endChain,
  isMine,
  isWanted,
  requeueChain,
} from '../domain/chain-render';
import { chainFraction } from '../domain/progress';
import type { Failure } from '../domain/failure';
import { type Block, type ChainOutcome, isOpen, noteChain, type RenderJob } from '../domain/render-job';
import { stageOf } from './end-job';
import { attempt, type Done, type Finding, type JobWorkDeps, spent } from './job-work';
import type { ChainProgress, Played, playChain } from './play-chain';
import type { ChainRenders } from './ports';
import type { ProgressBoard } from './progress-board';

type Deps = JobWorkDeps &
  Readonly<{
    chains: ChainRenders;
    play: ReturnType<typeof playChain>;
    board: ProgressBoard;
    /** Workers of this replica: as many chains are played at once. */
    width: number;
    now: () => string;
  }>;
type Message = MessageOf<typeof RenderChain>;
type Item = DataOf<typeof RenderChain>;

/** Stage 5 of one tone; the last tone to end decides in the same unit what becomes of the job. */
export const renderChain = (deps: Deps) => ({
  maxAttempts: 3,
  claim: (message: Message, ctx: Context, owner: string) => claim(deps, { item: message.data, owner }, ctx),
  run: (message: Message, ctx: Context, run: WorkRun<ChainClaim>) => work(deps, { item: message.data, run }, ctx),
  complete: async (
    { message, result: found, claim: mine }: Done<Message, Finding<Played>, ChainClaim>,
    ctx: Context,
  ): Promise<void> => {
    const chain = await deps.chains(ctx).find(message.data.chainRenderId);
    if (!chain || !isMine(chain, mine) || found.kind === 'dropped') return;
    await conclude(deps, { item: message.data, outcome: outcomeOf(found) }, ctx);
  },
  giveUp: async ({ data }: Message, ctx: Context): Promise<void> => {
    const chain = await deps.chains(ctx).find(data.chainRenderId);
    if (!chain || !isOpen(chain.status) || chain.epoch !== data.epoch) return;
    await conclude(deps, { item: data, outcome: { status: 'failed', failure: spent(chain.lastFault) } }, ctx);
  },
});

async function claim({ chains, admission, now }: Deps, { item, owner }: { item: Item; owner: string }, ctx: Context) {
  const chain = await chains(ctx).find(item.chainRenderId);
  if (!chain || !isWanted(chain, item.epoch)) return 'skip' as const;
  admission.check();
  const taken = await chains(ctx).update(item.chainRenderId, claimChain(owner, now()), (state) => state.attempt);
  return { attempt: taken, claim: { attempt: taken, epoch: item.epoch } };
}

type Running = Readonly<{ item: Item; run: WorkRun<ChainClaim> }>;

async function work(deps: Deps, { item, run }: Running, ctx: Context): Promise<Finding<Played>> {
  const { jobs, chains, play, width: workers } = deps;
  const job = await jobs(ctx).get(item.runId);
  const blocks = job.spec?.tones.find(({ toneId }) => toneId === item.toneId)?.blocks;
  if (!job.prepared || !blocks) return { kind: 'dropped' };
  const from = { sha256: job.prepared.sha256, frames: job.prepared.frames };
  const onProgress = shown(deps, { job, item, blocks, moved: run.moved }, ctx);
  const whole = async () => othersPlay(await jobs(ctx).get(item.runId), workers);
  const found = await attempt(deps)({
    runId: item.runId,
    epoch: item.epoch,
    signal: run.signal,
    isWanted: async () => isMine(await chains(ctx).get(item.chainRenderId), run.claim),
    work: (signal) => play({ from, blocks }, { signal, onProgress, whole }),
    note: (fault: Failure | 'released') => chains(ctx).update(item.chainRenderId, requeueChain(run.claim, fault)),
  });
  const cached = found.kind === 'ready' && found.value.cached;
  const stage = found.kind === 'ready' ? 'done' : 'amp';
  deps.board.tone(ctx, { runId: item.runId, toneId: item.toneId, stage, fraction: 1, cached });
  return found;
}

/** While there is a chain for every worker, each keeps to its own; the last ones are shared, so that nobody is idle. */
const othersPlay = ({ tones }: RenderJob, workers: number): boolean =>
  tones.filter(({ status }) => isOpen(status)).length >= workers;

type Shown = Readonly<{ job: RenderJob; item: Item; blocks: readonly Block[]; moved: () => void }>;

function shown({ board }: Deps, { job, item, blocks, moved }: Shown, ctx: Context): ChainProgress {
  const { runId, toneId } = item;
  const kinds = blocks.map(({ kind }) => kind);
  board.begin(
    runId,
    job.tones.map((tone) => tone.toneId),
  );
  board.common(ctx, { runId, stage: 'decode', fraction: 1 });
  return (index, fraction) => {
    moved();
    const block = blocks[index];
    if (!block) return;
    board.tone(ctx, { runId, toneId, stage: stageOf(block), fraction: chainFraction(kinds, index, fraction) });
  };
}

const outcomeOf = (found: Exclude<Finding<Played>, { kind: 'dropped' }>): ChainOutcome =>
  found.kind === 'refused' ? { status: 'refused', failure: found.failure } : { status: 'rendered', ...found.value };

/** The barrier: this tone, its job and, where the job ends with it, its siblings, in one unit. */
async function conclude(deps: Deps, { item, outcome }: { item: Item; outcome: ChainOutcome }, ctx: Context) {
  await deps.chains(ctx).update(item.chainRenderId, endChain(outcome));
  const before = await deps.jobs(ctx).get(item.runId);
  const job = await deps.jobs(ctx).update(item.runId, noteChain(item.toneId, outcome), (state) => state);
  const siblings = before.tones.filter(({ status, toneId }) => isOpen(status) && toneId !== item.toneId);
  if (job.status === 'failed')
    for (const { chainRenderId } of siblings) await deps.chains(ctx).update(chainRenderId, cancelChain);
  await deps.settle(ctx, job);
}
