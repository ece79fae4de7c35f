import { z } from 'zod';
import { id, sha256 } from '../schemas';
import { chainStatus, exampleChain, signalChains } from './context';
import { exampleBlocks } from './blocks';

const chainId = id('SignalChain');
const onChain = { aggregate: 'SignalChain', version: 1 } as const;
const saved = z.strictObject({
  chainId,
  name: z.string().max(120),
  status: chainStatus,
  contentHash: sha256,
  gearModelIds: z.array(id('GearModel')).max(12),
});
const example = {
  chainId: exampleChain.id,
  name: exampleChain.name,
  status: 'READY' as const,
  contentHash: exampleChain.contentHash,
  gearModelIds: exampleBlocks.map((block) => block.gearModelId),
};

export const SignalChainCreated = signalChains.event('SignalChainCreated', {
  ...onChain,
  summary: 'A chain was saved for the first time.',
  data: saved,
  example,
});

export const SignalChainUpdated = signalChains.event('SignalChainUpdated', {
  ...onChain,
  summary: 'A chain was saved again.',
  data: saved,
  example,
});

export const SignalChainStatusChanged = signalChains.event('SignalChainStatusChanged', {
  ...onChain,
  summary: 'A model that the chain uses became unusable, or usable again.',
  data: z.strictObject({ chainId, from: chainStatus, to: chainStatus, code: z.string().max(60) }),
  example: { chainId: exampleChain.id, from: 'READY', to: 'BROKEN', code: 'GEAR_MODEL_UNUSABLE' },
});

export const SignalChainDeleted = signalChains.event('SignalChainDeleted', {
  ...onChain,
  audit: true,
  summary: 'A chain was deleted.',
  data: z.strictObject({ chainId }),
  example: { chainId: exampleChain.id },
});

export const SignalChainRestored = signalChains.event('SignalChainRestored', {
  ...onChain,
  summary: 'A deleted chain came back as it was.',
  data: z.strictObject({ chainId }),
  example: { chainId: exampleChain.id },
});
