import { z } from 'zod';
import { context } from './define';
import {
  availability,
  chosen,
  description,
  gearFormat,
  gearModelView,
  gearSample as sample,
  gearScope,
  gearType,
  gearView,
  heldModel,
  irKind,
  label,
  licenceCode,
  modelArchitecture,
  modelSize,
  sourceName,
  tagNames,
} from './gear-catalog-schemas';
import { expectedVersion, failure, id, instant, pageOf, paging, sha256, text } from './schemas';

export const gearCatalog = context('gear-catalog');

const gearId = id('Gear');
const gearModelId = id('GearModel');
const runId = id('Run');
const GEAR = 'Gear';
const MODEL = 'GearModel';
const HOLD = 'GearHold';
const minEventSeq = z.int().min(0).optional();
const empty = z.strictObject({});

export const SearchGear = gearCatalog.query('SearchGear', {
  version: 1,
  auth: 'public',
  summary: 'Pages through the gear of the platform and of the own workspace; filters combine.',
  data: z.strictObject({
    ...paging,
    /** Words, each a prefix of a word of name, make or tag. */
    q: text(0, 100).optional(),
    gearType: gearType.optional(),
    irKind: irKind.optional(),
    /** Slug of the maker. */
    make: text(1, 80).optional(),
    /** Slug of a tag. */
    tag: text(1, 80).optional(),
    licence: licenceCode.optional(),
    format: gearFormat.optional(),
    source: sourceName.optional(),
    /** Of a file: who has it already? */
    sha256: sha256.optional(),
    availability: availability.optional(),
    sort: z.enum(['newest', 'name', 'mostUsed']).default('newest'),
    includeDeleted: z.boolean().optional(),
  }),
  reply: pageOf(gearView),
  example: { limit: 25, gearType: 'amp', source: 'demo', sort: 'newest' },
});

export const GetGear = gearCatalog.query('GetGear', {
  version: 1,
  auth: 'public',
  summary: 'One piece of gear with its models, by id or slug.',
  data: z.strictObject({ idOrSlug: z.string().min(1).max(200), minEventSeq }),
  reply: gearView,
  example: { idOrSlug: 'daybreak-22-clean' },
});

export const GetGearModel = gearCatalog.query('GetGearModel', {
  version: 1,
  auth: 'public',
  summary: 'One file of gear, with what its gear says about it.',
  data: z.strictObject({ gearModelId, minEventSeq }),
  reply: gearModelView,
  example: { gearModelId: sample.gearModelId },
});

export const GetGearModels = gearCatalog.query('GetGearModels', {
  version: 1,
  auth: 'service',
  summary: 'Up to 100 models for another context; what the workspace of the call cannot see is left out.',
  data: z.strictObject({ gearModelIds: z.array(gearModelId).max(100) }),
  reply: z.strictObject({ items: z.array(gearModelView).max(100) }),
  example: { gearModelIds: [sample.gearModelId] },
});

export const ListGearTags = gearCatalog.query('ListGearTags', {
  version: 1,
  auth: 'public',
  summary: 'Tags and makes by name.',
  data: z.strictObject({ ...paging, kind: z.enum(['tag', 'make']).optional() }),
  reply: pageOf(label.extend({ kind: z.enum(['tag', 'make']) })),
  example: { limit: 25, kind: 'tag' },
});

export const StageFile = gearCatalog.command('StageFile', {
  mode: 'request',
  version: 1,
  auth: 'gear-catalog.edit',
  summary: 'Notes a file that the gateway has stored, for one hour and this person.',
  data: z.strictObject({
    sha256,
    bytes: z
      .int()
      .min(0)
      .max(10 * 1024 * 1024, { error: 'payload-too-large' }),
  }),
  reply: z.strictObject({ sha256, bytes: z.int(), expiresAt: instant, alreadyStaged: z.boolean() }),
  example: { sha256: sample.digest, bytes: sample.file.bytes },
});

export const UploadGear = gearCatalog.command('UploadGear', {
  mode: 'request',
  version: 1,
  auth: 'gear-catalog.edit',
  summary: 'Makes gear of a staged capture or impulse response after validating it.',
  data: z.strictObject({
    fileSha256: sha256,
    name: text(1, 120),
    gearType: chosen.gearType,
    irKind: chosen.irKind.optional(),
    description: description.optional(),
    makeName: text(1, 60).optional(),
    tags: tagNames.default([]),
    licenceCode: chosen.licenceCode,
    attribution: text(1, 200).optional(),
    /** The uploader says that they may share the file under this licence. */
    declaredRights: z.literal(true, { error: 'out-of-range' }),
  }),
  reply: gearView,
  example: {
    fileSha256: sample.digest,
    name: sample.gear.name,
    gearType: 'amp',
    licenceCode: 'cco',
    declaredRights: true,
  },
});

export const UpdateGear = gearCatalog.command('UpdateGear', {
  mode: 'request',
  version: 1,
  auth: 'gear-catalog.edit',
  summary: 'Changes what is said about own gear; null clears.',
  data: z.strictObject({
    gearId,
    expectedVersion,
    name: text(1, 120).optional(),
    description: description.nullable().optional(),
    makeName: text(1, 60).nullable().optional(),
    tags: tagNames.optional(),
    licence: z.strictObject({ code: chosen.licenceCode, attribution: text(1, 200).nullable().optional() }).optional(),
  }),
  reply: gearView,
  example: { gearId: sample.gearId, expectedVersion: 1, name: 'Daybreak, bright' },
});

export const DeleteGear = gearCatalog.command('DeleteGear', {
  mode: 'request',
  version: 1,
  auth: 'gear-catalog.edit',
  summary: 'Deletes own gear; chains that use it become broken, finished shootouts keep their bytes.',
  data: z.strictObject({ gearId, expectedVersion }),
  reply: empty,
  example: { gearId: sample.gearId, expectedVersion: 1 },
});

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
