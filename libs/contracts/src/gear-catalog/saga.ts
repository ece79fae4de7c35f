import { z } from 'zod';
import { failure, id } from '../schemas';
import { gearCatalog, gearModelId, runId, HOLD } from './context';
import { gearSample as sample, heldModel } from './schemas';

const purpose = z.enum(['render', 'verify']);

export const HoldGearModels = gearCatalog.command('HoldGearModels', {
  mode: 'saga',
  version: 1,
  summary:
    'Promises that the bytes of these models stay for one run; answered by GearModelsHeld or GearModelsHoldRefused.',
  data: z.strictObject({
    runId,
    gearModelIds: z.array(gearModelId).max(200),
    actorUserId: id('User'),
    purpose,
  }),
  example: { runId: sample.runId, gearModelIds: [sample.gearModelId], actorUserId: sample.userId, purpose: 'render' },
});

export const ReleaseGearModels = gearCatalog.command('ReleaseGearModels', {
  mode: 'saga',
  version: 1,
  summary: 'Takes the promise back, also one that never was; answered by GearModelsReleased.',
  data: z.strictObject({ runId }),
  example: { runId: sample.runId },
});

export const GearModelsHeld = gearCatalog.event('GearModelsHeld', {
  aggregate: HOLD,
  version: 1,
  summary: 'The bytes of these models stay while the run needs them.',
  data: z.strictObject({ runId, models: z.array(heldModel).max(200) }),
  example: { runId: sample.runId, models: [sample.held] },
});

export const GearModelsHoldRefused = gearCatalog.event('GearModelsHoldRefused', {
  aggregate: HOLD,
  version: 1,
  summary: 'At least one model cannot be used; nothing is held.',
  data: z.strictObject({
    runId,
    ...failure,
    errors: z.array(z.strictObject({ gearModelId, code: z.string().max(100) })).max(200),
  }),
  example: {
    runId: sample.runId,
    code: 'GEAR.GEAR_WITHDRAWN',
    retryable: false,
    errors: [{ gearModelId: sample.gearModelId, code: 'GEAR.GEAR_WITHDRAWN' }],
  },
});

export const GearModelsReleased = gearCatalog.event('GearModelsReleased', {
  aggregate: HOLD,
  version: 1,
  summary: 'The run holds nothing.',
  data: z.strictObject({ runId }),
  example: { runId: sample.runId },
});
