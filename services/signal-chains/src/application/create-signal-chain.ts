import type { CreateSignalChain, DataOf, ReplyOf } from '@gts/contracts';
import type { Context } from '@gts/kernel';
import { openChain } from '../domain/signal-chain';
import { type DraftingDeps, drafting } from './drafting';
import type { Chains } from './ports';
import { chainView } from './views';

export const createSignalChain =
  (deps: DraftingDeps & { chains: Chains }) =>
  async (data: DataOf<typeof CreateSignalChain>, ctx: Context): Promise<ReplyOf<typeof CreateSignalChain>> => {
    const chainId = deps.newId<'SignalChain'>();
    const draft = await drafting(deps)(data, { ctx, chainId });
    return deps.chains(ctx).create(chainId, openChain(draft), chainView);
  };
