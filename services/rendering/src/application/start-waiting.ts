import type { Context, TenantId } from '@gts/kernel';
import { type Limits, toStart } from '../domain/queue';
import { type RenderJob, start } from '../domain/render-job';
import type { ProgressBoard } from './progress-board';
import type { RenderJobs, RenderQueue, Units } from './ports';

type Deps = Readonly<{
  jobs: RenderJobs;
  queue: RenderQueue;
  units: Units;
  board: ProgressBoard;
  limits: Limits;
  now: () => string;
}>;
export type StartWaiting = (ctx: Context) => Promise<void>;

/** Starts what may start, in the unit that changed the queue: a freed place never stays empty. */
export const startWaiting =
  ({ jobs, queue, units, board, limits, now }: Deps): StartWaiting =>
  async (ctx) => {
    for (const row of toStart(await queue.all(ctx), limits)) {
      const tenantId = row.tenantId as TenantId;
      const { origin } = await units.as(ctx, { tenantId }, (own) => jobs(own).get(row.runId));
      // Its messages belong to the request that asked for it, not to the one that freed the place.
      const caller = { tenantId, saga: undefined, commandId: undefined, ...origin };
      const job = await units.as(ctx, caller, (own) => jobs(own).update(row.runId, start, (state) => state));
      await units.afterCommit(ctx, () => show(board, { ...ctx, ...caller }, job));
      await queue.put(ctx, { ...row, startedAt: now() });
    }
  };

/** People see that it began, also while every worker is busy. */
function show(board: ProgressBoard, ctx: Context, { runId, spec }: RenderJob): void {
  const toneIds = spec?.tones.map(({ toneId }) => toneId) ?? [];
  board.begin(runId, toneIds);
  board.common(ctx, { runId, stage: 'decode', fraction: 0 });
}
