import { type GearFacts, type GearLookup } from '@gts/chain-rules';
import { GetGearModel } from '@gts/contracts';
import { type Context, type Id, SYSTEM_TENANT, kindOf } from '@gts/kernel';
import type { RpcClient } from '@gts/messaging';
import type { Store } from '@gts/persistence';
import type { ModelCatalogue } from '../application/ports';
import { modelDocuments, withdrawnGear } from './collections';

type ModelIds = readonly Id<'GearModel'>[];
type Facts = Map<string, GearFacts>;

async function factsIn(store: Store, id: string, ctx: Context): Promise<GearFacts | undefined> {
  const model = await store.collection(modelDocuments, ctx).find(id);
  if (model?.gearType === undefined) return undefined;
  const withdrawn = await store.collection(withdrawnGear, ctx).find(model.gearId);
  return { gearType: model.gearType, irKind: model.irKind, usable: model.usable && !withdrawn };
}

/** Own gear first, then the platform's: one operation at a time, as a unit demands. */
async function known(store: Store, ids: ModelIds, ctx: Context): Promise<Facts> {
  const facts: Facts = new Map();
  for (const id of ids) {
    const found = (await factsIn(store, id, ctx)) ?? (await factsIn(store, id, { ...ctx, tenantId: SYSTEM_TENANT }));
    if (found) facts.set(id, found);
  }
  return facts;
}

async function ask(rpc: RpcClient, gearModelId: Id<'GearModel'>, ctx: Context): Promise<GearFacts | undefined> {
  // A question inside a command is no command: it must not carry the command's id.
  const asker = { ...ctx, commandId: undefined };
  try {
    const { gearType, irKind, status, availability } = await rpc.call(GetGearModel, { gearModelId }, asker);
    const usable = !['REJECTED', 'UNAVAILABLE'].includes(status) && availability !== 'WITHDRAWN';
    return { gearType, ...(irKind !== null && { irKind }), usable };
  } catch (error) {
    if (kindOf(error) === 'not-found') return undefined;
    throw error;
  }
}

const lookupIn =
  (facts: Facts): GearLookup =>
  (id) =>
    facts.get(id);

/** The copy of the catalogue, and the catalogue itself for what has not arrived yet. */
export const modelCatalogue = ({ store, rpc }: { store: Store; rpc: RpcClient }): ModelCatalogue => ({
  known: async (ids, ctx) => lookupIn(await known(store, ids, ctx)),
  lookup: async (ids, ctx) => {
    const facts = await known(store, ids, ctx);
    for (const id of ids) {
      const asked = facts.has(id) ? undefined : await ask(rpc, id, ctx);
      if (asked) facts.set(id, asked);
    }
    return lookupIn(facts);
  },
});
