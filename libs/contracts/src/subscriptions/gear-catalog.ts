import { HoldGearModels, ReleaseGearModels } from '../gear-catalog';
import { ShootoutFinalised } from '../shootouts';
import { declareService } from './types';

export const gearCatalogDeclaration = declareService('gear-catalog', {
  subscriptions: [
    { name: 'pins', kind: 'handler', from: [ShootoutFinalised] },
    { name: 'chain-uses', kind: 'projection', from: { context: 'signal-chains', aggregate: 'SignalChain' } },
    { name: 'saga-steps', kind: 'participant', from: [HoldGearModels, ReleaseGearModels] },
  ],
  files: 'uses',
});
