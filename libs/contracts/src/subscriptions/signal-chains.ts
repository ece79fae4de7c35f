import { GetGearModel } from '../gear-catalog';
import { JudgeChains, SnapshotChains } from '../signal-chains';
import { declareService } from './types';

export const signalChainsDeclaration = declareService('signal-chains', {
  subscriptions: [
    { name: 'models', kind: 'projection', from: { context: 'gear-catalog', aggregate: 'GearModel' } },
    { name: 'gear', kind: 'projection', from: { context: 'gear-catalog', aggregate: 'Gear' } },
    { name: 'chains-by-model', kind: 'projection', from: { context: 'signal-chains', aggregate: 'SignalChain' } },
    { name: 'judge-chains', kind: 'handler', from: [JudgeChains] },
    { name: 'saga-steps', kind: 'participant', from: [SnapshotChains] },
  ],
  calls: [GetGearModel],
  sends: [JudgeChains],
});
