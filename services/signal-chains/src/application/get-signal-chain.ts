import type { DataOf, GetSignalChain, ReplyOf } from '@gts/contracts';
import type { Context } from '@gts/kernel';
import { storeErrors } from '@gts/persistence';
import type { Chains } from './ports';
import { chainView } from './views';

export const getSignalChain =
  ({ chains }: { chains: Chains }) =>
  async (
    { signalChainId, minEventSeq = 0 }: DataOf<typeof GetSignalChain>,
    ctx: Context,
  ): Promise<ReplyOf<typeof GetSignalChain>> => {
    const chain = await chains(ctx).get(signalChainId);
    if (chain.meta.eventSeq < minEventSeq) throw storeErrors.PROJECTION_LAG('signal chain');
    return chainView(chain);
  };
