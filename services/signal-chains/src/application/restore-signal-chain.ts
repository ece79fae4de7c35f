import { chainFindings } from '@gts/chain-rules';
import type { DataOf, ReplyOf, RestoreSignalChain } from '@gts/contracts';
import type { Clock, Context } from '@gts/kernel';
import { epochMsOf, hasCode } from '@gts/kernel';
import { refuse } from '../domain/errors';
import { gearModelIdsOf, restoreChain } from '../domain/signal-chain';
import type { Chains, ModelCatalogue } from './ports';
import { chainView } from './views';

const THIRTY_DAYS_MS = 30 * 86_400_000;

export const restoreSignalChain =
  ({ chains, models, clock }: { chains: Chains; models: ModelCatalogue; clock: Clock }) =>
  async (
    { signalChainId: chainId }: DataOf<typeof RestoreSignalChain>,
    ctx: Context,
  ): Promise<ReplyOf<typeof RestoreSignalChain>> => {
    const chain = await chains(ctx).get(chainId, { includeDeleted: true });
    const { deletedAt } = chain.meta;
    if (deletedAt === undefined || clock.epochMs() - epochMsOf(deletedAt) > THIRTY_DAYS_MS)
      throw refuse.RESTORE_REFUSED();
    const findings = chainFindings(chain.blocks, await models.lookup(gearModelIdsOf(chain), ctx));
    try {
      return await chains(ctx).restore(chainId, restoreChain(chainId, findings), chainView);
    } catch (error) {
      if (hasCode(error, refuse.LIMIT_REACHED.code)) throw refuse.RESTORE_REFUSED.with({ cause: error });
      throw error;
    }
  };
