import { z } from 'zod';
import { sha256 } from '../schemas';
import { gearCatalog, gearId, gearModelId, GEAR, MODEL } from './context';
import {
  gearSample as sample,
  gearScope,
  gearType,
  irKind,
  licenceCode,
  modelArchitecture,
  modelSize,
} from './schemas';

const gearFact = z.strictObject({
  gearId,
  gearType,
  irKind: irKind.optional(),
  name: z.string(),
  licenceCode,
  scope: gearScope,
});
const gearFactExample = {
  gearId: sample.gearId,
  gearType: 'amp',
  name: sample.gear.name,
  licenceCode: 'cco',
  scope: 'PLATFORM',
} as const;

export const GearAdded = gearCatalog.event('GearAdded', {
  aggregate: GEAR,
  version: 1,
  summary: 'Gear came into the catalogue.',
  data: gearFact,
  example: gearFactExample,
});

export const GearUpdated = gearCatalog.event('GearUpdated', {
  aggregate: GEAR,
  version: 1,
  summary: 'What is said about gear changed; carries all of it.',
  data: gearFact,
  example: gearFactExample,
});

export const GearWithdrawn = gearCatalog.event('GearWithdrawn', {
  aggregate: GEAR,
  version: 1,
  audit: true,
  summary: 'Gear may no longer be used for new runs.',
  data: z.strictObject({ gearId }),
  example: { gearId: sample.gearId },
});

export const GearRemoved = gearCatalog.event('GearRemoved', {
  aggregate: GEAR,
  version: 1,
  summary: 'Gear was deleted by its owner.',
  data: z.strictObject({ gearId }),
  example: { gearId: sample.gearId },
});

export const GearModelAdded = gearCatalog.event('GearModelAdded', {
  aggregate: MODEL,
  version: 1,
  summary: 'Gear has one more file.',
  data: z.strictObject({ gearModelId, gearId, size: modelSize, architecture: modelArchitecture }),
  example: { gearModelId: sample.gearModelId, gearId: sample.gearId, size: 'lite', architecture: '1' },
});

export const GearModelAvailable = gearCatalog.event('GearModelAvailable', {
  aggregate: MODEL,
  version: 1,
  summary: 'A file is present, validated and usable.',
  data: z.strictObject({ gearModelId, gearId, gearType, irKind: irKind.optional(), sha256 }),
  example: { gearModelId: sample.gearModelId, gearId: sample.gearId, gearType: 'amp', sha256: sample.digest },
});

const unusable = z.strictObject({ gearModelId, gearId, code: z.string().max(100) });

export const GearModelRejected = gearCatalog.event('GearModelRejected', {
  aggregate: MODEL,
  version: 1,
  summary: 'A file failed validation.',
  data: unusable,
  example: { gearModelId: sample.gearModelId, gearId: sample.gearId, code: 'nam.diverges' },
});

export const GearModelUnavailable = gearCatalog.event('GearModelUnavailable', {
  aggregate: MODEL,
  version: 1,
  summary: 'A file cannot be had (any more).',
  data: unusable,
  example: { gearModelId: sample.gearModelId, gearId: sample.gearId, code: 'gear-removed' },
});
