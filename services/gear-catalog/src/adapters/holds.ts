import { serviceContext } from '@gts/kernel';
import type { Store } from '@gts/persistence';
import type { Holds } from '../application/ports';
import { release } from '../domain/hold';
import { holdCollection } from './collections';

const PAGE = 100;
const system = serviceContext('gear-catalog', 'holds');

export const holds = (store: Store): Holds => ({
  find: (ctx, runId) => store.collection(holdCollection, ctx).find(runId),
  put: (ctx, runId, hold) =>
    store.transaction(ctx, async (unit) => {
      await unit.collection(holdCollection).put(runId, hold);
    }),
  expire: (now) =>
    store.transaction({ ...system }, async (unit) => {
      const rows = unit.collection(holdCollection);
      const where = { state: 'HELD', expiresAt: { lte: now } };
      const { items } = await rows.query({ index: 'byExpiry', where, limit: PAGE });
      for (const { meta, ...hold } of items) await rows.put(meta.id, release(hold));
    }),
});
