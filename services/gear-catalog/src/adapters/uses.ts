import { id } from '@gts/contracts';
import { type Id, SYSTEM_TENANT } from '@gts/kernel';
import { collection, type Store, type Unit } from '@gts/persistence';
import { z } from 'zod';
import type { Uses } from '../application/ports';
import { modelCollection } from './collections';
import { recounted, searchCollection } from './search-rows';

/** How many chains of all workspaces use a model, by its id. */
export const useCollection = collection('model_uses', { scope: 'global', schema: z.strictObject({ count: z.int() }) });
/** What each chain uses, by its id. */
export const chainCollection = collection('chain_uses', {
  scope: 'tenant',
  schema: z.strictObject({ gearModelIds: z.array(id('GearModel')), active: z.boolean() }),
});

/** The search row of the gear that has the model: in the own workspace or on the platform. */
async function reindex(unit: Unit, gearModelId: string, delta: number): Promise<void> {
  for (const place of [unit, unit.as(SYSTEM_TENANT)]) {
    const model = await place.collection(modelCollection).find(gearModelId);
    const row = model && (await place.collection(searchCollection).find(model.gearId));
    if (row) return void (await place.collection(searchCollection).put(row.meta.id, recounted(row, delta)));
  }
}

async function adjust(unit: Unit, gearModelIds: Iterable<string>, delta: 1 | -1): Promise<void> {
  const uses = unit.collection(useCollection);
  for (const gearModelId of gearModelIds) {
    const count = Math.max(0, ((await uses.find(gearModelId))?.count ?? 0) + delta);
    await uses.put(gearModelId, { count });
    await reindex(unit, gearModelId, delta);
  }
}

const without = (from: ReadonlySet<string>, these: ReadonlySet<string>): readonly string[] =>
  [...from].filter((each) => !these.has(each));

type Change = Readonly<{ gearModelIds?: readonly string[]; active: boolean }>;

/** Moves a chain from what it used to what it uses; counts follow the difference. */
async function change(unit: Unit, chainId: string, { gearModelIds, active }: Change): Promise<void> {
  const chains = unit.collection(chainCollection);
  const old = await chains.find(chainId);
  const all = [...new Set(gearModelIds ?? old?.gearModelIds ?? [])];
  const before = new Set<string>(old?.active ? old.gearModelIds : []);
  const after = new Set<string>(active ? all : []);
  await adjust(unit, without(after, before), 1);
  await adjust(unit, without(before, after), -1);
  await chains.put(chainId, { gearModelIds: all as Id<'GearModel'>[], active });
}

export const uses = (store: Store): Uses => ({
  counts: async (ctx, gearModelIds) => {
    const counts = new Map<string, number>();
    for (const gearModelId of gearModelIds) {
      const row = await store.collection(useCollection, ctx).find(gearModelId);
      counts.set(gearModelId, row?.count ?? 0);
    }
    return counts;
  },
  note: (ctx, { chainId, gearModelIds }) =>
    store.transaction(ctx, (unit) => change(unit, chainId, { gearModelIds, active: true })),
  setActive: (ctx, chainId, active) => store.transaction(ctx, (unit) => change(unit, chainId, { active })),
});
