import type { Id, Instant } from '@gts/kernel';
import { z } from 'zod';
import { context } from '../define';
import { base, prose, sha256, text } from '../schemas';
import { chainFinding, exampleBlocks, signalBlock } from './blocks';

/** Published language of signal-chains. */
export const signalChains = context('signal-chains');

/** DRAFT: saved although incomplete; READY: may be selected; BROKEN: a model it uses went away. */
export const chainStatus = z.enum(['DRAFT', 'READY', 'BROKEN']);

/** A signal chain as its workspace sees it. */
export const signalChain = z.strictObject({
  ...base('SignalChain'),
  name: text(1, 120),
  description: prose(0, 2000).optional(),
  blocks: z.array(signalBlock).max(100),
  status: chainStatus,
  contentHash: sha256,
  findings: z.array(chainFinding),
});

export const exampleChain = {
  id: '0199f0a1-0000-7000-8000-00000000c001' as Id<'SignalChain'>,
  version: 1,
  eventSeq: 1,
  createdAt: '2026-01-01T00:00:00.000Z' as Instant,
  updatedAt: '2026-01-01T00:00:00.000Z' as Instant,
  name: 'Crunch into 4x12',
  blocks: exampleBlocks,
  status: 'READY' as const,
  contentHash: 'c'.repeat(64),
  findings: [],
};
