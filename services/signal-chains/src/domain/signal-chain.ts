import { type ChainFinding, type Role, chainContent, modelIdsOf } from '@gts/chain-rules';
import { type Decision, type Id, canonicalJson } from '@gts/kernel';
import { refuse } from './errors';
import type { ChainEvent, ChainStatus } from './events';

type Common = Readonly<{ id: Id<'SignalBlock'>; label?: string | undefined }>;
export type SignalBlock = Common &
  Readonly<
    | { kind: 'gear'; role: Role; gearModelId: Id<'GearModel'> }
    | {
        kind: 'effect';
        role: 'pedal' | 'post_effect';
        effect: string;
        params: Readonly<Record<string, number>>;
        gearModelId?: Id<'GearModel'> | undefined;
      }
  >;

/** Ordered gear that a DI is played through. */
export type SignalChain = Readonly<{
  name: string;
  description?: string | undefined;
  blocks: readonly SignalBlock[];
  status: ChainStatus;
  /** Equal for chains that sound equal. */
  contentHash: string;
  findings: readonly ChainFinding[];
}>;
type ChainDecision = Decision<SignalChain, ChainEvent>;

/** What a person saves, judged already. */
export type Draft = Readonly<{
  chainId: Id<'SignalChain'>;
  name: string;
  description?: string | undefined;
  blocks: readonly SignalBlock[];
  findings: readonly ChainFinding[];
  draft: boolean;
  digest: (text: string) => string;
}>;

/** @throws CHAIN.CHAIN_INVALID with every finding, unless it is saved as a draft */
function accept({ name, description, blocks, findings, draft, digest }: Draft): SignalChain {
  if (!draft && findings.length > 0)
    throw refuse.CHAIN_INVALID.with({ details: { errors: findings } }, findings.length);
  const contentHash = digest(canonicalJson(chainContent(blocks)));
  const content = { name, blocks, ...(description !== undefined && { description }) };
  return { ...content, status: draft ? 'DRAFT' : 'READY', contentHash, findings };
}

export const openChain = (draft: Draft) => (): ChainDecision => ({
  state: accept(draft),
  events: [{ type: 'Saved', chainId: draft.chainId, first: true }],
});

export const saveChain = (draft: Draft) => (): ChainDecision => ({
  state: accept(draft),
  events: [{ type: 'Saved', chainId: draft.chainId, first: false }],
});

const sameFindings = (a: readonly ChainFinding[], b: readonly ChainFinding[]): boolean =>
  canonicalJson(a) === canonicalJson(b);

/** A model changed: READY and BROKEN follow the findings, a draft only shows them. */
export const judgeChain =
  (chainId: Id<'SignalChain'>, findings: readonly ChainFinding[]) =>
  (chain: SignalChain): ChainDecision => {
    if (sameFindings(chain.findings, findings)) return { state: chain, events: [] };
    const { status: from } = chain;
    const [first] = findings;
    const to = from === 'DRAFT' ? from : first ? 'BROKEN' : 'READY';
    const code = first?.code ?? 'REPAIRED';
    const state = { ...chain, status: to, findings } as const;
    return { state, events: from === to ? [] : [{ type: 'StatusChanged', chainId, from, to, code }] };
  };

/** A deleted chain comes back as it was, but for what happened to its models meanwhile. */
export const restoreChain =
  (chainId: Id<'SignalChain'>, findings: readonly ChainFinding[]) =>
  (chain: SignalChain): ChainDecision => {
    const { state, events } = judgeChain(chainId, findings)(chain);
    return { state, events: [{ type: 'Restored', chainId }, ...events] };
  };

export const gearModelIdsOf = (chain: Pick<SignalChain, 'blocks'>): Id<'GearModel'>[] => modelIdsOf(chain.blocks);
