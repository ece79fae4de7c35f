import type { Context } from '@gts/kernel';
import type { Store } from '@gts/persistence';
import type { RenderQueue, Units } from '../application/ports';
import type { QueueRow } from '../domain/queue';
import { queueRows } from './collections';

const PAGE = 200;

/** The queue in the service's store; every change joins the unit that causes it. */
export const storeQueue = (store: Store): RenderQueue => ({
  put: (ctx, row) =>
    store.transaction(ctx, async (unit) => void (await unit.collection(queueRows).put(row.runId, row))),
  remove: (ctx, runId) => store.transaction(ctx, (unit) => unit.collection(queueRows).purge(runId)),
  async all(ctx) {
    const rows: QueueRow[] = [];
    let after: string | undefined;
    do {
      const page = await store.collection(queueRows, ctx).query({ index: 'byAge', limit: PAGE, after });
      rows.push(...page.items);
      after = page.next ?? undefined;
    } while (after !== undefined);
    return rows;
  },
});

/** Units of the store, for what several aggregates or several callers do together. */
export const storeUnits = (store: Store): Units => ({
  as: <R>(ctx: Context, caller: Partial<Context>, action: (ctx: Context) => Promise<R>) =>
    store.transaction(ctx, (unit) => action(unit.with({ ...unit.ctx, ...caller }).ctx)),
  afterCommit: (ctx, action) => store.transaction(ctx, async (unit) => unit.afterCommit(action)),
});
