import { GetRenderJob, WORKSPACE_LIMITS } from '@gts/contracts';
import { type Context, type Id, kindOf } from '@gts/kernel';
import type { RpcClient } from '@gts/messaging';
import type { Store } from '@gts/persistence';
import type { ActiveRuns, AskRendering, RunNote, RunNotes, RunStep, ShootoutOfRun } from '../application/ports';
import type { ShootoutId } from '../domain/shootout';
import { runDocuments, shootoutDocuments } from './collections';

const order: readonly RunStep[] = ['snapshot', 'hold', 'render', 'finalise', 'done'];
const later = (a: RunStep, b: RunStep): RunStep => (order.indexOf(a) > order.indexOf(b) ? a : b);

const merge = (before: RunNote | undefined, note: RunNote): RunNote => {
  const { rendered, reused, outputs, endedAt } = { ...before, ...note };
  return { step: later(before?.step ?? 'snapshot', note.step), rendered, reused, outputs, endedAt };
};

export const runNotes = (store: Store): RunNotes => ({
  note: (runId, note, ctx) =>
    store.transaction(ctx, async (unit) => {
      const runs = unit.collection(runDocuments);
      await runs.put(runId, merge(await runs.find(runId), note));
    }),
  find: (runId, ctx) => store.collection(runDocuments, ctx).find(runId),
});

/** Runs of the workspace that have not ended, counted as far as the quota reaches. */
export const activeRuns =
  (store: Store): ActiveRuns =>
  async (ctx) => {
    const where = { status: { in: ['PENDING', 'PROCESSING'] } };
    const { items } = await store
      .collection(shootoutDocuments, ctx)
      .query({ index: 'byStatus', where, limit: WORKSPACE_LIMITS.activeRuns });
    return items.length;
  };

export const findRun =
  (store: Store): ShootoutOfRun =>
  async (runId, ctx) => {
    const query = { index: 'byRun', where: { runId }, limit: 1 };
    const [found] = (await store.collection(shootoutDocuments, ctx).query(query)).items;
    return found && { id: found.meta.id as ShootoutId, shootout: found };
  };

export const shootoutOf =
  (store: Store) =>
  async (runId: Id<'Run'>, ctx: Context): Promise<ShootoutId> => {
    const found = await findRun(store)(runId, ctx);
    if (!found) throw new TypeError(`no shootout waits for run ${runId}`);
    return found.id;
  };

/** Details of a run for people; rendering may be away without harm. */
export const askRendering =
  (rpc: RpcClient): AskRendering =>
  async (runId, ctx) => {
    try {
      return await rpc.call(GetRenderJob, { runId }, ctx);
    } catch (error) {
      if (['unavailable', 'not-found', 'forbidden'].includes(kindOf(error))) return undefined;
      throw error;
    }
  };
