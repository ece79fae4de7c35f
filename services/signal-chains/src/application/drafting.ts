import { chainFindings, fullParams, modelIdsOf } from '@gts/chain-rules';
import type { CreateSignalChain, DataOf } from '@gts/contracts';
import type { Context, Id, NewId } from '@gts/kernel';
import type { Draft, SignalBlock } from '../domain/signal-chain';
import type { ModelCatalogue } from './ports';

export type DraftingDeps = Readonly<{ models: ModelCatalogue; newId: NewId; digest: (text: string) => string }>;
type Input = DataOf<typeof CreateSignalChain>;

/** Gives every block its id (a known one is kept) and every effect all its parameters. */
const blockOf =
  (newId: NewId, known: ReadonlySet<string>) =>
  ({ id, ...block }: Input['blocks'][number]): SignalBlock => {
    const blockId = id !== undefined && known.has(id) ? id : newId<'SignalBlock'>();
    if (block.kind === 'gear') return { id: blockId, ...block };
    return { id: blockId, ...block, params: fullParams(block.effect, block.params) };
  };

/** Judges what a person sent, with the catalogue's word on its models. */
export const drafting =
  ({ models, newId, digest }: DraftingDeps) =>
  async (
    input: Input,
    at: { ctx: Context; chainId: Id<'SignalChain'>; known?: readonly SignalBlock[] },
  ): Promise<Draft> => {
    const lookup = await models.lookup(modelIdsOf(input.blocks), at.ctx);
    const known = new Set<string>(at.known?.map(({ id }) => id));
    const { name, description, draft } = input;
    return {
      chainId: at.chainId,
      name,
      ...(description !== undefined && { description }),
      blocks: input.blocks.map(blockOf(newId, known)),
      findings: chainFindings(input.blocks, lookup),
      draft,
      digest,
    };
  };
