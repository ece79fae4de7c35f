import type { DataOf, GetSignalChains, ReplyOf } from '@gts/contracts';
import type { Context } from '@gts/kernel';
import type { Chains } from './ports';
import { chainSummaryView } from './views';

export const getSignalChains =
  ({ chains }: { chains: Chains }) =>
  async (
    { signalChainIds }: DataOf<typeof GetSignalChains>,
    ctx: Context,
  ): Promise<ReplyOf<typeof GetSignalChains>> => {
    const found = await Promise.all([...new Set(signalChainIds)].map((id) => chains(ctx).find(id)));
    return { items: found.filter((each) => each !== undefined).map(chainSummaryView) };
  };
