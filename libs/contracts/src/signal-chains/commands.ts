import { z } from 'zod';
import { expectedVersion, id, prose, text } from '../schemas';
import { blockInputs, exampleBlocks } from './blocks';
import { exampleChain, signalChain, signalChains } from './context';

const signalChainId = id('SignalChain');
const fields = {
  name: text(1, 120),
  description: prose(0, 2000).optional(),
  blocks: blockInputs,
  draft: z.boolean().default(false),
};
const edit = { mode: 'request', version: 1, auth: 'signal-chains.edit' } as const;
const { id: exampleId, name } = exampleChain;

export const CreateSignalChain = signalChains.command('CreateSignalChain', {
  ...edit,
  summary: 'Saves a new chain; as a draft it may still have findings.',
  data: z.strictObject(fields),
  reply: signalChain,
  example: { name, blocks: exampleBlocks },
});

export const UpdateSignalChain = signalChains.command('UpdateSignalChain', {
  ...edit,
  summary: 'Replaces name, description and blocks of a chain.',
  data: z.strictObject({ signalChainId, expectedVersion, ...fields }),
  reply: signalChain,
  example: { signalChainId: exampleId, expectedVersion: 1, name, blocks: exampleBlocks },
});

export const DuplicateSignalChain = signalChains.command('DuplicateSignalChain', {
  ...edit,
  summary: 'Makes a new chain with the blocks of another.',
  data: z.strictObject({ signalChainId, name: text(1, 120).optional() }),
  reply: signalChain,
  example: { signalChainId: exampleId },
});

export const DeleteSignalChain = signalChains.command('DeleteSignalChain', {
  ...edit,
  summary: 'Deletes a chain; manifests that contain it stay as they are. Undone by RestoreSignalChain for 30 days.',
  data: z.strictObject({ signalChainId, expectedVersion }),
  reply: z.strictObject({}),
  example: { signalChainId: exampleId, expectedVersion: '*' },
});

export const RestoreSignalChain = signalChains.command('RestoreSignalChain', {
  ...edit,
  summary: 'Brings a deleted chain back.',
  data: z.strictObject({ signalChainId }),
  reply: signalChain,
  example: { signalChainId: exampleId },
});
