import type { Id } from '@gts/kernel';
import { z } from 'zod';
import { failure, id, text } from '../schemas';
import { exampleBlocks, signalBlock } from './blocks';
import { exampleChain, signalChains } from './context';

const runId = id('Run');
const chainIds = z.array(id('SignalChain')).min(2).max(16);
const exampleRun = '0199f0a1-0000-7000-8000-00000000e001' as Id<'Run'>;
const other = '0199f0a1-0000-7000-8000-00000000c002' as Id<'SignalChain'>;

export const SnapshotChains = signalChains.command('SnapshotChains', {
  mode: 'saga',
  version: 1,
  summary: 'Fixes the chains of one run as they are now.',
  data: z.strictObject({ runId, chainIds }),
  example: { runId: exampleRun, chainIds: [exampleChain.id, other] },
});

export const JudgeChains = signalChains.command('JudgeChains', {
  mode: 'saga',
  version: 1,
  summary: 'Own work: looks again at one page of the chains that use a model.',
  data: z.strictObject({ gearModelId: id('GearModel'), after: z.string().max(1000).optional() }),
  example: { gearModelId: '0199f0a1-0000-7000-8000-00000000d001' as Id<'GearModel'> },
});

/** A chain as one run will play it, whatever happens to the chain afterwards. */
export const chainSnapshot = z.strictObject({
  chainId: id('SignalChain'),
  chainVersion: z.int().min(1),
  name: text(1, 120),
  blocks: z.array(signalBlock).min(1).max(12),
});
export type ChainSnapshotData = z.output<typeof chainSnapshot>;

export const ChainsSnapshotted = signalChains.event('ChainsSnapshotted', {
  aggregate: 'ChainSnapshot',
  version: 1,
  summary: 'The chains of one run, in the order that was asked for.',
  data: z.strictObject({ runId, snapshots: z.array(chainSnapshot).min(2).max(16) }),
  example: {
    runId: exampleRun,
    snapshots: [exampleChain.id, other].map((chainId) => ({
      chainId,
      chainVersion: 1,
      name: exampleChain.name,
      blocks: exampleBlocks,
    })),
  },
});

export const ChainSnapshotRefused = signalChains.event('ChainSnapshotRefused', {
  aggregate: 'ChainSnapshot',
  version: 1,
  summary: 'At least one chain of a run is gone or not ready.',
  data: z.strictObject({
    runId,
    ...failure,
    errors: z.array(z.strictObject({ chainId: id('SignalChain'), code: z.string().max(60) })).max(16),
  }),
  example: {
    runId: exampleRun,
    code: 'CHAIN.NOT_READY',
    retryable: false,
    errors: [{ chainId: other, code: 'CHAIN.NOT_READY' }],
  },
});
