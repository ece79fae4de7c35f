import type { GetSignalChains, ReplyOf, signalChain } from '@gts/contracts';
import type { Id } from '@gts/kernel';
import type { DocumentMeta, Stored } from '@gts/persistence';
import type { z } from 'zod';
import type { SignalChain } from '../domain/signal-chain';

const baseOf = ({ id, version, eventSeq, createdAt, updatedAt }: DocumentMeta) => ({
  id: id as Id<'SignalChain'>,
  version,
  eventSeq,
  createdAt,
  updatedAt,
});

/** A chain as its workspace sees it. */
export const chainView = ({ meta, ...chain }: Stored<SignalChain>): z.output<typeof signalChain> => ({
  ...baseOf(meta),
  ...chain,
  blocks: chain.blocks.map((block) => (block.kind === 'effect' ? { ...block, params: { ...block.params } } : block)),
  findings: chain.findings.map((finding) => ({ ...finding })),
});

/** What other contexts ask about a chain. */
export const chainSummaryView = ({
  meta,
  name,
  status,
  contentHash,
}: Stored<SignalChain>): ReplyOf<typeof GetSignalChains>['items'][number] => ({
  ...baseOf(meta),
  name,
  status,
  contentHash,
});
