import type { DataOf, ListRenderJobs, ReplyOf } from '@gts/contracts';
import type { Context, Id, Instant, TenantId } from '@gts/kernel';
import type { QueueRow } from '../domain/queue';
import type { JobStatus } from '../domain/render-job';
import type { RenderJobs, RenderQueue } from './ports';

type Deps = Readonly<{ jobs: RenderJobs; queue: RenderQueue }>;
type Reply = ReplyOf<typeof ListRenderJobs>;

/** A run as operators see it. */
export const queuedView = (row: QueueRow, status: JobStatus): Reply['items'][number] => ({
  runId: row.runId as Id<'Run'>,
  tenantId: row.tenantId,
  shootoutId: row.shootoutId as Id<'Shootout'>,
  status,
  tones: row.tones,
  acceptedAt: row.acceptedAt as Instant,
  startedAt: row.startedAt as Instant | null,
});

/** Unfinished runs of every workspace, for operators; `cursor` is the last id of the page before. */
export const listRenderJobs =
  ({ jobs, queue }: Deps) =>
  async ({ limit, cursor }: DataOf<typeof ListRenderJobs>, ctx: Context): Promise<Reply> => {
    const rows = await queue.all(ctx);
    const from = cursor === undefined ? 0 : rows.findIndex(({ runId }) => runId === cursor) + 1;
    const page = rows.slice(from, from + limit);
    const items: Reply['items'] = [];
    for (const row of page) {
      const job = await jobs({ ...ctx, tenantId: row.tenantId as TenantId }).find(row.runId);
      items.push(queuedView(row, job?.status ?? 'accepted'));
    }
    return { items, next: from + limit < rows.length ? (page.at(-1)?.runId ?? null) : null };
  };
