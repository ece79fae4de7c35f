import { artefactRef, instant } from '@gts/contracts';
import { collection } from '@gts/persistence';
import { z } from 'zod';
import type { ChainNote, ManifestRow, MediaRow, PublicRow, RunNote } from '../application/ports';
import type { DITrack } from '../domain/di-track';
import { type Enrichment, enrichmentKinds } from '../domain/enrichment';
import type { Shootout } from '../domain/shootout';
import type { Upload } from '../domain/upload';
import type { Usage } from '../domain/usage';

// Domain types are declared beside their rules; these schemas guard what is stored, brands have no form in JSON.
const schemaOf = <T>(shape: z.ZodRawShape): z.ZodType<T> => z.object(shape) as unknown as z.ZodType<T>;
/** Newest first is the order of ids: they begin with their time. */
const newest = { fields: [] };
const text = z.string();
const maybe = text.optional();
const level = z.number().nullable();

export const uploadDocuments = collection<Upload>('uploads', {
  scope: 'tenant',
  schema: schemaOf<Upload>({
    purpose: z.literal('di'),
    userId: text,
    length: z.int(),
    offset: z.int(),
    filename: text,
    sha256: maybe,
    chunks: z.array(artefactRef),
    whole: artefactRef.optional(),
    status: z.enum(['OPEN', 'COMPLETE', 'EXPIRED', 'ABORTED']),
    expiresAt: instant,
  }),
  // A recording has its own reference to the bytes.
  retention: [{ after: '30d', since: 'updatedAt', only: { status: ['COMPLETE', 'EXPIRED', 'ABORTED'] } }],
});

const inspection = z.object({
  audio: artefactRef,
  playback: artefactRef,
  waveform: artefactRef,
  frames: z.int(),
  channel: z.enum(['left', 'right', 'mix']),
  levels: z.object({
    integratedLufs: level,
    rmsDbfs: level,
    truePeakDbtp: level,
    clippedSamples: z.int(),
  }),
  sourceFormat: z.object({
    container: text,
    codec: text,
    sampleRate: z.number(),
    channels: z.int(),
    bits: z.int(),
  }),
  warnings: z.array(text),
});
const riff = z.object({
  riffId: text,
  label: text,
  startMs: z.int(),
  endMs: z.int(),
  bars: z.int().optional(),
  bpm: z.number().optional(),
});

// Deleted rows stay until a use case purges them with what hangs on them: files, pins, index and ShootoutPurged.
export const trackDocuments = collection<DITrack>('di-tracks', {
  scope: 'tenant',
  softDelete: true,
  schema: schemaOf<DITrack>({
    name: text,
    status: z.enum(['INSPECTING', 'READY', 'REJECTED']),
    rejection: z.object({ code: text, detail: maybe }).optional(),
    sourceSha256: text,
    sourceKey: text.nullable(),
    whole: artefactRef,
    channel: z.enum(['left', 'right', 'mix']).optional(),
    inspectBy: instant,
    inspection: inspection.optional(),
    riffs: z.array(riff),
    sharing: z.enum(['PRIVATE', 'POOL']),
    allowDownload: z.boolean(),
    description: maybe,
    guitar: maybe,
    pickup: maybe,
    tuning: maybe,
    artist: maybe,
  }),
  indexes: {
    newest,
    bySource: { fields: ['sourceKey'], unique: true },
    byFile: { fields: ['sourceSha256'] },
  },
});

const selection = z.object({ id: text, signalChainId: text, position: z.int(), label: text });

export const shootoutDocuments = collection<Shootout>('shootouts', {
  scope: 'tenant',
  softDelete: true,
  schema: schemaOf<Shootout>({
    title: text,
    description: maybe,
    ownerId: text,
    diTrackId: text,
    excerpt: z.object({ startMs: z.int(), endMs: z.int() }).optional(),
    inputGainDb: z.number(),
    montageWindowMs: z.int().optional(),
    selections: z.array(selection),
    status: z.enum(['DRAFT', 'PENDING', 'PROCESSING', 'COMPLETED', 'FAILED']),
    visibility: z.enum(['public', 'unlisted', 'private']),
    renderVersion: z.int(),
    runId: maybe,
    failure: z.object({ code: text, detail: maybe, step: text, toneId: maybe, blockId: maybe }).optional(),
    manifestVersion: z.int().optional(),
    manifestSha256: maybe,
    publishedAt: instant.optional(),
    blockedGearModelIds: z.array(text),
    rerunOf: maybe,
    takenDown: z.boolean(),
  }),
  indexes: { newest, byStatus: { fields: ['status'] }, byRun: { fields: ['runId'] } },
});

export const manifestDocuments = collection<ManifestRow>('manifests', {
  scope: 'tenant',
  schema: schemaOf<ManifestRow>({ canonical: text, manifestSha256: text }),
});

const mediaFile = artefactRef.extend({ mediaKey: text });

export const enrichmentDocuments = collection<Enrichment>('enrichments', {
  scope: 'tenant',
  schema: schemaOf<Enrichment>({
    shootoutId: text,
    ownerId: text,
    runId: text,
    manifestVersion: z.int(),
    kind: z.enum(enrichmentKinds),
    status: z.enum(['PENDING', 'READY', 'FAILED']),
    code: maybe,
    media: mediaFile.optional(),
    chapters: z.array(z.object({ label: text, startMs: z.int() })).optional(),
    chaptersFile: mediaFile.optional(),
  }),
});

/** Addresses of files, of every workspace: whoever asks has the key and nothing else. */
export const mediaDocuments = collection<MediaRow>('media', {
  scope: 'global',
  schema: schemaOf<MediaRow>({
    mediaKey: text,
    ref: artefactRef,
    filename: text,
    ownerTenantId: text,
    shootoutId: text,
  }),
});

export type PublicDocument = PublicRow & { readonly listed: boolean };
export const publicDocuments = collection<PublicDocument>('public-index', {
  scope: 'global',
  schema: schemaOf<PublicDocument>({
    ownerTenantId: text,
    visibility: z.enum(['public', 'unlisted', 'private']),
    deleted: z.boolean(),
    title: text,
    labels: z.array(text),
    durationMs: z.int(),
    manifestVersion: z.int(),
    publishedAt: instant,
    gearModelIds: z.array(text),
    listed: z.boolean(),
  }),
  indexes: {
    newest: { fields: ['listed', 'publishedAt'] },
    byGear: { has: 'gearModelIds', fields: ['listed', 'publishedAt'] },
  },
});

export const chainDocuments = collection<ChainNote>('chains', {
  scope: 'tenant',
  schema: schemaOf<ChainNote>({
    name: text,
    status: z.enum(['DRAFT', 'READY', 'BROKEN']),
    deleted: z.boolean(),
  }),
});

export const runDocuments = collection<RunNote>('runs', {
  scope: 'tenant',
  schema: schemaOf<RunNote>({
    step: z.enum(['snapshot', 'hold', 'render', 'finalise', 'done']),
    rendered: z.int().optional(),
    reused: z.int().optional(),
    outputs: z.enum(['kept', 'missing']).optional(),
    endedAt: instant.optional(),
  }),
  // As long as the saga of the run.
  retention: [{ after: '90d', since: 'endedAt' }],
});

/** How much of its limits a workspace uses: one row. */
export const usageDocuments = collection<Usage>('usage', {
  scope: 'tenant',
  schema: z.object({ shootouts: z.int(), diBytes: z.int(), day: text, tracks: z.int() }),
});

/** Who needs which bytes, over all workspaces: marks in the artefact store are one a context. */
export type HolderDocument = Readonly<{ sha256: string; holder: string }>;
export const holderDocuments = collection<HolderDocument>('file-holders', {
  scope: 'global',
  schema: schemaOf<HolderDocument>({ sha256: text, holder: text }),
  indexes: { byFile: { fields: ['sha256'] }, byHolder: { fields: ['holder'] } },
});

/** What waits for something until a time, of every workspace: the sweep cannot name workspaces. */
export type WaitingDocument = Readonly<{ kind: 'inspection' | 'upload'; ownerTenantId: string; until: string }>;
export const waitingDocuments = collection<WaitingDocument>('waiting', {
  scope: 'global',
  schema: schemaOf<WaitingDocument>({ kind: z.enum(['inspection', 'upload']), ownerTenantId: text, until: text }),
  indexes: { due: { fields: ['kind', 'until'] } },
});
