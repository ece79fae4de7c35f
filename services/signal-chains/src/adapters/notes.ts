import type { Context, Id, TenantId } from '@gts/kernel';
import type { Store } from '@gts/persistence';
import type { ChainRef, ChainUses, ModelNotes } from '../application/ports';
import { modelDocuments, useDocuments, useOf, withdrawnGear } from './collections';

const PAGE = 200;

/** Reads a whole declared list page by page. */
async function all<T>(page: (after: string | undefined) => Promise<{ items: readonly T[]; next: string | null }>) {
  const items: T[] = [];
  let after: string | undefined;
  for (;;) {
    const { items: more, next } = await page(after);
    items.push(...more);
    if (next === null) return items;
    after = next;
  }
}

export const modelNotes = (store: Store): ModelNotes => ({
  noteModel: (id, note, ctx) =>
    store.transaction(ctx, async (unit) => {
      const models = unit.collection(modelDocuments);
      const before = await models.find(id);
      const gearType = note.gearType ?? before?.gearType;
      const irKind = note.irKind ?? before?.irKind;
      const { gearId, usable } = note;
      await models.put(id, { gearId, usable, ...(gearType && { gearType }), ...(irKind && { irKind }) });
    }),
  withdrawGear: (gearId, ctx) =>
    store.transaction(ctx, async (unit) => {
      await unit.collection(withdrawnGear).put(gearId, { withdrawn: true });
      const models = await all((after) =>
        unit.collection(modelDocuments).query({ index: 'byGear', where: { gearId }, limit: PAGE, after }),
      );
      return models.map(({ meta }) => meta.id as Id<'GearModel'>);
    }),
});

export const chainUses = (store: Store): ChainUses => ({
  note: (ref: ChainRef, gearModelIds, ctx: Context) =>
    store.transaction(ctx, async (unit) => {
      const uses = unit.collection(useDocuments);
      if (gearModelIds.length === 0) return uses.delete(ref.chainId);
      await uses.put(ref.chainId, useOf(ref, gearModelIds));
    }),
  of: async (gearModelId, page, ctx) => {
    const query = { index: 'byModel', where: { gearModelIds: gearModelId }, ...page };
    const { items, next } = await store.collection(useDocuments, ctx).query(query);
    const refs = items.map(({ meta, ownerTenantId }) => ({
      tenantId: ownerTenantId as TenantId,
      chainId: meta.id as Id<'SignalChain'>,
    }));
    return { items: refs, next };
  },
});
