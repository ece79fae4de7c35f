import { type Context, serviceContext } from '@gts/kernel';
import type { Store, Unit } from '@gts/persistence';
import type { StagedFiles } from '../application/ports';
import { keptCollection, stagedCollection } from './collections';

const PAGE = 100;
const keyOf = ({ tenantId, actor }: Context, sha256: string): string => [tenantId, actor.id, sha256].join('/');

/** Whether no model and no other upload refers to the bytes. */
async function isFree(unit: Unit, sha256: string): Promise<boolean> {
  if (await unit.collection(keptCollection).find(sha256)) return false;
  const others = await unit.collection(stagedCollection).query({ index: 'bySha256', where: { sha256 }, limit: 1 });
  return others.items.length === 0;
}

const system = serviceContext('gear-catalog', 'staged-files');

export const stagedFiles = (store: Store): StagedFiles => ({
  keyOf,
  find: async (ctx, sha256) => {
    const row = await store.collection(stagedCollection, ctx).find(keyOf(ctx, sha256));
    return row && { sha256: row.sha256, bytes: row.bytes, expiresAt: row.expiresAt };
  },
  put: (ctx, file) =>
    store.transaction(ctx, async (unit) => {
      await unit.collection(stagedCollection).put(keyOf(ctx, file.sha256), file);
    }),
  drop: (ctx, sha256) =>
    store.transaction(ctx, async (unit) => {
      await unit.collection(stagedCollection).delete(keyOf(ctx, sha256));
      return isFree(unit, sha256);
    }),
  expire: (now) =>
    store.transaction({ ...system }, async (unit) => {
      const staged = unit.collection(stagedCollection);
      const { items } = await staged.query({ index: 'byExpiry', where: { expiresAt: { lte: now } }, limit: PAGE });
      const free = new Set<string>();
      for (const { meta } of items) await staged.delete(meta.id);
      for (const { sha256 } of items) if (await isFree(unit, sha256)) free.add(sha256);
      return [...free];
    }),
});
