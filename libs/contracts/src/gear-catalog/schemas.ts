import type { Id, Instant } from '@gts/kernel';
import { z } from 'zod';
import { artefactRef, base, id, openEnum, prose, sha256, text } from '../schemas';

const gearTypes = ['pedal', 'amp', 'full_rig', 'ir', 'outboard'] as const;
const irKinds = ['cabinet', 'reverb'] as const;
export const gearType = openEnum(gearTypes);
export const irKind = openEnum(irKinds);
export const gearFormat = openEnum(['nam', 'ir', 'unsupported']);
export const gearScope = openEnum(['PLATFORM', 'TENANT']);
/** Spelled as TONE3000 spells them (`cco`); whatever else was found is `unknown`. */
const licenceCodes = [
  't3k',
  'cc-by',
  'cc-by-sa',
  'cc-by-nc',
  'cc-by-nc-sa',
  'cc-by-nd',
  'cc-by-nc-nd',
  'cco',
  'unknown',
] as const;
export const licenceCode = openEnum(licenceCodes);
/** The same for what people choose: nothing else is understood. */
export const chosen = { gearType: z.enum(gearTypes), irKind: z.enum(irKinds), licenceCode: z.enum(licenceCodes) };
export const availability = openEnum(['AVAILABLE', 'WITHDRAWN']);
const gearModelStatus = openEnum([
  'KNOWN',
  'QUEUED',
  'DOWNLOADING',
  'VALIDATING',
  'AVAILABLE',
  'REJECTED',
  'UNAVAILABLE',
]);
export const modelSize = openEnum(['standard', 'lite', 'feather', 'nano', 'custom', 'unknown']);
export const modelArchitecture = openEnum(['1', '2', 'custom', 'unknown']);
export const sourceName = openEnum(['upload', 'demo', 'tone3000']);

const licence = z.strictObject({
  code: licenceCode,
  /** As the source or the person wrote it. */
  raw: z.string().max(200),
  attribution: text(1, 200).optional(),
  url: z.string().max(500).optional(),
});

export const label = z.strictObject({ id: id('GearTag'), name: z.string(), slug: z.string() });

/** What the file turned out to be when it was validated. */
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

const modelCore = {
  name: z.string(),
  size: modelSize,
  architecture: modelArchitecture,
  status: gearModelStatus,
  /** Why it cannot be used: a code of the closed list and the same in words. */
  rejection: z.strictObject({ code: z.string(), detail: z.string() }).nullable(),
  /** Of the file; null while there is none. */
  sha256: sha256.nullable(),
  bytes: z.int().nullable(),
  analysis: analysis.nullable(),
  /** How many signal chains use it. */
  useCount: z.int().min(0),
};

/** A model as its gear lists it. */
const gearModelInGear = z.strictObject({ id: id('GearModel'), ...modelCore });

/** A model alone, with what its gear says about it. */
export const gearModelView = z.strictObject({
  ...base('GearModel'),
  ...modelCore,
  gearId: id('Gear'),
  gearName: z.string(),
  gearType,
  irKind: irKind.nullable(),
  format: gearFormat,
  scope: gearScope,
  licence,
  availability,
});
export type GearModelView = z.output<typeof gearModelView>;

export const gearView = z.strictObject({
  ...base('Gear'),
  scope: gearScope,
  name: z.string(),
  slug: z.string(),
  gearType,
  irKind: irKind.nullable(),
  format: gearFormat,
  description: z.string().nullable(),
  make: label.nullable(),
  tags: z.array(label).max(20),
  licence,
  source: z.strictObject({ name: sourceName, url: z.string().nullable() }),
  availability,
  models: z.array(gearModelInGear).max(100),
  useCount: z.int().min(0),
});
export type GearView = z.output<typeof gearView>;

/** A model as a run holds it: everything that rendering and provenance need, the bytes by reference. */
export const heldModel = z.strictObject({
  gearModelId: id('GearModel'),
  kind: z.enum(['nam', 'ir']),
  file: artefactRef,
  licence: licenceCode,
  attribution: z.string().nullable(),
  displayName: z.string(),
  gearType,
  format: gearFormat,
});

export const tagNames = z
  .array(text(1, 60))
  .max(20, { error: 'too-many-items' })
  .refine((names) => new Set(names.map((name) => name.toLowerCase())).size === names.length, { error: 'out-of-range' });
export const description = prose(0, 4000);

const uuid = <K extends string>(n: number) => `0199f0a1-2b3c-7d4e-8f50-0000000002${n}` as Id<K>;
const at = '2026-01-02T03:04:05.678Z' as Instant;
const stored = { version: 1, eventSeq: 1, createdAt: at, updatedAt: at };
const gearId = uuid<'Gear'>(10);
const gearModelId = uuid<'GearModel'>(11);
const digest = 'c'.repeat(64);
const file = { sha256: digest, bytes: 83_910, mediaType: 'application/json' };
const core = {
  name: 'Daybreak 22, clean',
  size: 'lite',
  architecture: '1',
  status: 'AVAILABLE',
  rejection: null,
  sha256: digest,
  bytes: file.bytes,
  analysis: {
    kind: 'nam',
    version: '0.5.4',
    layers: 20,
    weights: 6554,
    sampleRate: 48_000,
    receptiveField: 4093,
    supported: true,
  },
  useCount: 0,
} as const;
const terms = { code: 'cco', raw: 'CC0-1.0' } as const;
const about = { gearType: 'amp', irKind: null, format: 'nam', scope: 'PLATFORM', availability: 'AVAILABLE' } as const;
const tag = { id: uuid<'GearTag'>(12), name: 'clean', slug: 'clean' };
const gear = {
  ...stored,
  ...about,
  id: gearId,
  name: core.name,
  slug: 'daybreak-22-clean',
  description: null,
  make: null,
  tags: [tag],
  licence: terms,
  source: { name: 'demo', url: null },
  models: [{ id: gearModelId, ...core }],
  useCount: 0,
} as const;
const model = { ...stored, ...core, ...about, id: gearModelId, gearId, gearName: core.name, licence: terms } as const;
const held = {
  gearModelId,
  kind: 'nam',
  file,
  licence: 'cco',
  attribution: null,
  displayName: core.name,
  gearType: 'amp',
  format: 'nam',
} as const;

/** Typed samples that the definitions of this context share; a test parses each. */
export const gearSample = {
  gearId,
  gearModelId,
  runId: uuid<'Run'>(13),
  userId: uuid<'User'>(14),
  at,
  digest,
  file,
  gear,
  model,
  held,
  tag,
};
