import type { DataOf, ReplyOf, ShowRenderJob } from '@gts/contracts';
import type { Context, TenantId } from '@gts/kernel';
import { refuse } from '../domain/errors';
import { getRenderJob } from './get-render-job';

type Deps = Parameters<typeof getRenderJob>[0];

/** What people see of their own run, for operators: of any workspace, as long as it has not ended. */
export const showRenderJob =
  (deps: Deps) =>
  async ({ runId }: DataOf<typeof ShowRenderJob>, ctx: Context): Promise<ReplyOf<typeof ShowRenderJob>> => {
    const row = (await deps.queue.all(ctx)).find((each) => each.runId === runId);
    if (!row) throw refuse.NOT_RUNNING();
    return getRenderJob(deps)({ runId }, { ...ctx, tenantId: row.tenantId as TenantId });
  };
