import { id, instant } from '@gts/contracts';
import { collection } from '@gts/persistence';
import { z } from 'zod';
import type { Gear } from '../domain/gear';
import type { GearModel } from '../domain/gear-model';
import type { GearHold } from '../domain/hold';

const label = z.strictObject({ id: id('GearTag'), name: z.string(), slug: z.string() });
const sourceName = z.enum(['upload', 'demo']);
const code = z.enum([
  't3k',
  'cc-by',
  'cc-by-sa',
  'cc-by-nc',
  'cc-by-nc-sa',
  'cc-by-nd',
  'cc-by-nc-nd',
  'cco',
  'unknown',
]);
const status = z.enum(['KNOWN', 'QUEUED', 'DOWNLOADING', 'VALIDATING', 'AVAILABLE', 'REJECTED', 'UNAVAILABLE']);

// Gear of the platform lies in the tenant `system`. Deleted gear and models stay until a use case purges them with
// their files.
export const gearCollection = collection<Gear>('gear', {
  scope: 'tenant',
  softDelete: true,
  indexes: { bySlug: { fields: ['slug'], unique: true }, bySource: { fields: ['sourceKey'], unique: true } },
  schema: z.strictObject({
    scope: z.enum(['PLATFORM', 'TENANT']),
    name: z.string(),
    slug: z.string(),
    gearType: z.enum(['pedal', 'amp', 'full_rig', 'ir', 'outboard']),
    irKind: z.enum(['cabinet', 'reverb']).nullable(),
    format: z.enum(['nam', 'ir']),
    description: z.string().nullable(),
    make: label.nullable(),
    tags: z.array(label),
    licence: z.strictObject({
      code,
      raw: z.string(),
      attribution: z.string().optional(),
      url: z.string().optional(),
    }),
    source: z.strictObject({ name: sourceName, recordId: z.string(), url: z.string().nullable() }),
    sourceKey: z.string(),
    availability: z.enum(['AVAILABLE', 'WITHDRAWN']),
  }),
});

const analysis = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('nam'),
    version: z.string(),
    layers: z.int(),
    weights: z.int(),
    sampleRate: z.number(),
    receptiveField: z.int().nullable(),
    supported: z.boolean(),
    engine: z.enum(['own', 'compat']).optional(),
    engineReason: z.string().nullable().optional(),
    tanh: z.enum(['exact', 'fast']).optional(),
  }),
  z.strictObject({
    kind: z.literal('ir'),
    frames: z.int(),
    sampleRate: z.number(),
    channels: z.int(),
    peakDbfs: z.number(),
  }),
]);

export const modelCollection = collection<GearModel>('gear_models', {
  scope: 'tenant',
  softDelete: true,
  indexes: { byGear: { fields: ['gearId'] }, bySha256: { fields: ['sha256'], unique: true } },
  schema: z.strictObject({
    gearId: id('Gear'),
    name: z.string(),
    size: z.enum(['standard', 'lite', 'feather', 'nano', 'custom', 'unknown']),
    architecture: z.enum(['1', '2', 'custom', 'unknown']),
    status,
    file: z.strictObject({ sha256: z.string(), bytes: z.int(), mediaType: z.string() }).nullable(),
    sha256: z.string().nullable(),
    analysis: analysis.nullable(),
    rejection: z.strictObject({ code: z.string(), detail: z.string() }).nullable(),
  }),
});

/** Promises to runs, by run id; global because the sweep sees all of them. */
export const holdCollection = collection<GearHold>('gear_holds', {
  scope: 'global',
  indexes: { byExpiry: { fields: ['state', 'expiresAt'] } },
  // Also those that were released before they were asked for: they fence as long as an inbox remembers.
  retention: [{ after: '45d', since: 'updatedAt', only: { state: ['RELEASED'] } }],
  schema: z.strictObject({
    gearModelIds: z.array(id('GearModel')),
    state: z.enum(['HELD', 'PINNED', 'RELEASED']),
    expiresAt: instant,
  }),
});

export const tagCollection = collection('gear_tags', {
  scope: 'global',
  indexes: { byKind: { fields: ['kind', 'slug'], unique: true }, bySlug: { fields: ['slug'] } },
  schema: z.strictObject({ kind: z.enum(['tag', 'make']), name: z.string(), slug: z.string() }),
});

export const stagedCollection = collection('staged_files', {
  scope: 'global',
  indexes: { bySha256: { fields: ['sha256'] }, byExpiry: { fields: ['expiresAt'] } },
  schema: z.strictObject({ sha256: z.string(), bytes: z.int(), expiresAt: instant }),
});

/** Hashes that a model of some workspace refers to: their bytes stay. */
export const keptCollection = collection('kept_files', {
  scope: 'global',
  schema: z.strictObject({ since: instant }),
});

/** How much gear a workspace has. */
export const countCollection = collection('gear_counts', {
  scope: 'tenant',
  schema: z.strictObject({ gear: z.int() }),
});
