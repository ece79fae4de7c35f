import { z } from 'zod';
import { expectedVersion, instant, sha256, text } from '../schemas';
import { gearCatalog, gearId, empty } from './context';
import { chosen, description, gearSample as sample, gearView, tagNames } from './schemas';

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
