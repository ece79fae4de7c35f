import type { DataOf, DeleteSignalChain } from '@gts/contracts';
import type { Context } from '@gts/kernel';
import type { Chains } from './ports';

export const deleteSignalChain =
  ({ chains }: { chains: Chains }) =>
  async ({ signalChainId: chainId, expectedVersion }: DataOf<typeof DeleteSignalChain>, ctx: Context) => {
    await chains(ctx).delete(chainId, () => [{ type: 'Deleted', chainId }], { expectedVersion });
    return {};
  };
