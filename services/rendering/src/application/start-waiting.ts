import type { Context, TenantId } from '@gts/kernel';
import { type Limits, toStart } from '../domain/queue';
import { start } from '../domain/render-job';
import type { RenderJobs, RenderQueue, Units } from './ports';

type Deps = Readonly<{ jobs: RenderJobs; queue: RenderQueue; units: Units; limits: Limits; now: () => string }>;
export type StartWaiting = (ctx: Context) => Promise<void>;

/** Starts what may start, in the unit that changed the queue: a freed place never stays empty. */
export const startWaiting =
  ({ jobs, queue, units, limits, now }: Deps): StartWaiting =>
  async (ctx) => {
    for (const row of toStart(await queue.all(ctx), limits)) {
      const tenantId = row.tenantId as TenantId;
      const { origin } = await units.as(ctx, { tenantId }, (own) => jobs(own).get(row.runId));
      // Its messages belong to the request that asked for it, not to the one that freed the place.
      const caller = { tenantId, saga: undefined, commandId: undefined, ...origin };
      await units.as(ctx, caller, (own) => jobs(own).update(row.runId, start));
      await queue.put(ctx, { ...row, startedAt: now() });
    }
  };
