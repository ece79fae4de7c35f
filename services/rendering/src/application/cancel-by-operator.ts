import type { CancelRenderByOperator, DataOf, ReplyOf } from '@gts/contracts';
import type { Context, TenantId } from '@gts/kernel';
import { cancelChain } from '../domain/chain-render';
import { refuse } from '../domain/errors';
import type { QueueRow } from '../domain/queue';
import { fail, isOpen, type RenderJob } from '../domain/render-job';
import { queuedView } from './list-render-jobs';
import type { Audit, ChainRenders, RenderJobs, RenderQueue, Units } from './ports';

type Deps = Readonly<{
  jobs: RenderJobs;
  chains: ChainRenders;
  queue: RenderQueue;
  units: Units;
  audit: Audit;
  settle: (ctx: Context, job: RenderJob) => Promise<void>;
}>;
type Data = DataOf<typeof CancelRenderByOperator>;

/** Ends an unfinished run of any workspace as failed: unlike a person's cancel, its saga did not ask for it. */
export const cancelByOperator =
  (deps: Deps) =>
  ({ runId, reason }: Data, ctx: Context): Promise<ReplyOf<typeof CancelRenderByOperator>> =>
    deps.units.as(ctx, {}, async (inner) => {
      const row = (await deps.queue.all(inner)).find((each) => each.runId === runId);
      if (!row) throw refuse.NOT_RUNNING();
      await deps.audit(inner, { verb: 'CancelRenderByOperator', reason, keys: [runId] });
      const ended = await deps.units.as(inner, { tenantId: row.tenantId as TenantId }, (own) => end(deps, own, row));
      return queuedView(row, ended.status);
    });

/** In the workspace of the run, by its own origin: what it tells belongs to the request that asked for it. */
async function end({ jobs, chains, units, settle }: Deps, ctx: Context, { runId }: QueueRow): Promise<RenderJob> {
  const { tones, origin } = await jobs(ctx).get(runId);
  for (const tone of tones) if (isOpen(tone.status)) await chains(ctx).update(tone.chainRenderId, cancelChain);
  const ended = await jobs(ctx).update(runId, fail({ code: 'cancelled' }), (job) => job);
  await units.as(ctx, { saga: undefined, commandId: undefined, ...origin }, (own) => settle(own, ended));
  return ended;
}
