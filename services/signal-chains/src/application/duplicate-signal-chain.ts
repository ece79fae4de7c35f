import type { DataOf, DuplicateSignalChain, ReplyOf } from '@gts/contracts';
import type { Context } from '@gts/kernel';
import { openChain } from '../domain/signal-chain';
import { type DraftingDeps, drafting } from './drafting';
import type { Chains } from './ports';
import { chainView } from './views';

const MOST_NAME = 120;
const SUFFIX = ' (copy)';
const copyName = (name: string): string =>
  Array.from(name)
    .slice(0, MOST_NAME - SUFFIX.length)
    .join('') + SUFFIX;

/** A copy that has findings becomes a draft, whatever the original is. */
export const duplicateSignalChain =
  (deps: DraftingDeps & { chains: Chains }) =>
  async (
    { signalChainId, name }: DataOf<typeof DuplicateSignalChain>,
    ctx: Context,
  ): Promise<ReplyOf<typeof DuplicateSignalChain>> => {
    const original = await deps.chains(ctx).get(signalChainId);
    const chainId = deps.newId<'SignalChain'>();
    const input = {
      name: name ?? copyName(original.name),
      description: original.description,
      blocks: original.blocks.map((block) =>
        block.kind === 'effect' ? { ...block, params: { ...block.params } } : { ...block },
      ),
      draft: original.status === 'DRAFT',
    };
    const draft = await drafting(deps)(input, { ctx, chainId });
    return deps
      .chains(ctx)
      .create(chainId, openChain({ ...draft, draft: draft.draft || draft.findings.length > 0 }), chainView);
  };
