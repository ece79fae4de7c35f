import type { DataOf, ReplyOf, UpdateSignalChain } from '@gts/contracts';
import type { Context } from '@gts/kernel';
import { saveChain } from '../domain/signal-chain';
import { type DraftingDeps, drafting } from './drafting';
import type { Chains } from './ports';
import { chainView } from './views';

export const updateSignalChain =
  (deps: DraftingDeps & { chains: Chains }) =>
  async (
    { signalChainId: chainId, expectedVersion, ...input }: DataOf<typeof UpdateSignalChain>,
    ctx: Context,
  ): Promise<ReplyOf<typeof UpdateSignalChain>> => {
    const { blocks } = await deps.chains(ctx).get(chainId);
    const draft = await drafting(deps)(input, { ctx, chainId, known: blocks });
    return deps.chains(ctx).update(chainId, saveChain(draft), chainView, { expectedVersion });
  };
