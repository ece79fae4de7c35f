import { chainFindings, guidance, modelIdsOf } from '@gts/chain-rules';
import type { DataOf, ReplyOf, ValidateChain } from '@gts/contracts';
import type { Context } from '@gts/kernel';
import type { ModelCatalogue } from './ports';

export const validateChain =
  ({ models }: { models: ModelCatalogue }) =>
  async ({ blocks }: DataOf<typeof ValidateChain>, ctx: Context): Promise<ReplyOf<typeof ValidateChain>> => {
    const lookup = await models.lookup(modelIdsOf(blocks), ctx);
    const offered = guidance(blocks.map(({ role }) => role));
    return {
      findings: chainFindings(blocks, lookup),
      ...(offered && { guidance: { next: [...offered.next], complete: offered.complete } }),
    };
  };
