import { z } from 'zod';
import { base, id, pageOf, paging, sha256, text } from '../schemas';
import { blockInputs, blockRole, chainFinding, exampleBlocks } from './blocks';
import { chainStatus, exampleChain, signalChain, signalChains } from './context';

const read = { version: 1, auth: 'signal-chains.read' } as const;
const { id: exampleId } = exampleChain;

export const ListSignalChains = signalChains.query('ListSignalChains', {
  ...read,
  summary: 'Chains of the workspace, newest first.',
  data: z.strictObject({
    ...paging,
    status: chainStatus.optional(),
    gearModelId: id('GearModel').optional(),
    q: text(0, 100).optional(),
    includeDeleted: z.boolean().optional(),
  }),
  reply: pageOf(signalChain),
  example: { status: 'READY' },
});

export const GetSignalChain = signalChains.query('GetSignalChain', {
  ...read,
  summary: 'One chain with its findings.',
  data: z.strictObject({ signalChainId: id('SignalChain'), minEventSeq: z.int().min(0).optional() }),
  reply: signalChain,
  example: { signalChainId: exampleId },
});

/** What others need to know about a chain before they select it. */
export const chainSummary = z.strictObject({
  ...base('SignalChain'),
  name: z.string(),
  status: chainStatus,
  contentHash: sha256,
});
const { blocks: _blocks, findings: _findings, ...exampleSummary } = exampleChain;

export const GetSignalChains = signalChains.query('GetSignalChains', {
  ...read,
  summary: 'State of several chains at once; unknown and deleted ones are left out. For services.',
  data: z.strictObject({ signalChainIds: z.array(id('SignalChain')).min(1).max(100) }),
  reply: z.strictObject({ items: z.array(chainSummary) }),
  example: { signalChainIds: [exampleSummary.id] },
});

/** What may follow the blocks so far; absent while their order is wrong. */
export const guidance = z.strictObject({ next: z.array(blockRole), complete: z.boolean() });

export const ValidateChain = signalChains.query('ValidateChain', {
  ...read,
  summary: 'All findings of blocks that are not saved, and what may come next.',
  data: z.strictObject({ blocks: blockInputs }),
  reply: z.strictObject({ findings: z.array(chainFinding), guidance: guidance.optional() }),
  example: { blocks: exampleBlocks },
});

const parameter = z.strictObject({
  name: z.string(),
  unit: z.string(),
  min: z.number(),
  max: z.number(),
  default: z.number(),
  step: z.number(),
});

export const ListEffects = signalChains.query('ListEffects', {
  version: 1,
  auth: 'public',
  summary: 'The built-in effects with ranges, defaults, steps and where they may stand.',
  data: z.strictObject({}),
  reply: z.strictObject({
    items: z.array(
      z.strictObject({
        effect: z.string(),
        placement: z.array(z.enum(['pedal', 'post_effect'])),
        needsGearModel: z.boolean(),
        params: z.array(parameter),
      }),
    ),
  }),
  example: {},
});
