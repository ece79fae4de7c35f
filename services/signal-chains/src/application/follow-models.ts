import { chainFindings } from '@gts/chain-rules';
import type {
  DataOf,
  GearModelAvailable,
  GearModelRejected,
  GearRemoved,
  JudgeChains,
  SignalChainCreated,
  SignalChainDeleted,
} from '@gts/contracts';
import type { Context, Id } from '@gts/kernel';
import { gearModelIdsOf, judgeChain } from '../domain/signal-chain';
import type { ChainRef, ChainUses, Chains, Judging, ModelCatalogue, ModelNotes } from './ports';

export type FollowDeps = Readonly<{
  chains: Chains;
  models: ModelCatalogue;
  notes: ModelNotes;
  uses: ChainUses;
  judging: Judging;
}>;

/** Chains judged in one unit: a model that everybody uses must hold up nobody. */
const PAGE = 50;

/** Looks at one chain again with what is known now; a deleted one is left alone. */
const judgeAgain =
  ({ chains, models }: Pick<FollowDeps, 'chains' | 'models'>) =>
  async ({ tenantId, chainId }: ChainRef, caller: Context): Promise<void> => {
    const ctx = { ...caller, tenantId };
    const chain = await chains(ctx).find(chainId);
    if (!chain) return;
    const findings = chainFindings(chain.blocks, await models.known(gearModelIdsOf(chain), ctx));
    await chains(ctx).update(chainId, judgeChain(chainId, findings));
  };

/** Has the chains of a model looked at, page after page, each in a unit of its own. */
async function askUsers({ uses, judging }: FollowDeps, gearModelId: Id<'GearModel'>, ctx: Context): Promise<void> {
  const { items } = await uses.of(gearModelId, { limit: 1 }, ctx);
  if (items.length > 0) await judging.ask({ gearModelId }, ctx);
}

/** One page; the next one is asked for in the same unit. */
export const judgeChains =
  (deps: FollowDeps) =>
  async ({ data: { gearModelId, after } }: Event<DataOf<typeof JudgeChains>>, ctx: Context): Promise<void> => {
    const { items, next } = await deps.uses.of(gearModelId, { limit: PAGE, after }, ctx);
    for (const ref of items) await judgeAgain(deps)(ref, ctx);
    if (next !== null) await deps.judging.ask({ gearModelId, after: next }, ctx);
  };

type Event<D> = Readonly<{ data: D }>;

/** Keeps READY and BROKEN true while the catalogue changes; every effect is inside the consumer's unit. */
export const followModels = (deps: FollowDeps) => ({
  modelAvailable: async ({ data }: Event<DataOf<typeof GearModelAvailable>>, ctx: Context): Promise<void> => {
    const { gearModelId, gearId, gearType, irKind } = data;
    await deps.notes.noteModel(gearModelId, { gearId, gearType, irKind, usable: true }, ctx);
    await askUsers(deps, gearModelId, ctx);
  },
  modelUnusable: async ({ data }: Event<DataOf<typeof GearModelRejected>>, ctx: Context): Promise<void> => {
    const { gearModelId, gearId } = data;
    await deps.notes.noteModel(gearModelId, { gearId, usable: false }, ctx);
    await askUsers(deps, gearModelId, ctx);
  },
  gearGone: async ({ data }: Event<DataOf<typeof GearRemoved>>, ctx: Context): Promise<void> => {
    const ids = await deps.notes.withdrawGear(data.gearId, ctx);
    for (const id of ids) await askUsers(deps, id, ctx);
  },
});

/** Keeps the list of chains by model, and looks at a saved chain once more: a model may have gone meanwhile. */
export const followChains = (deps: FollowDeps) => ({
  saved: async (
    { tenantId, data }: Event<DataOf<typeof SignalChainCreated>> & Pick<ChainRef, 'tenantId'>,
    ctx: Context,
  ): Promise<void> => {
    const ref = { tenantId, chainId: data.chainId };
    await deps.uses.note(ref, data.gearModelIds, ctx);
    await judgeAgain(deps)(ref, ctx);
  },
  deleted: async (
    { tenantId, data }: Event<DataOf<typeof SignalChainDeleted>> & Pick<ChainRef, 'tenantId'>,
    ctx: Context,
  ): Promise<void> => deps.uses.note({ tenantId, chainId: data.chainId }, [], ctx),
  restored: async (
    { tenantId, data }: Event<DataOf<typeof SignalChainDeleted>> & Pick<ChainRef, 'tenantId'>,
    ctx: Context,
  ): Promise<void> => {
    const chain = await deps.chains({ ...ctx, tenantId }).find(data.chainId);
    if (chain) await deps.uses.note({ tenantId, chainId: data.chainId }, gearModelIdsOf(chain), ctx);
  },
});
