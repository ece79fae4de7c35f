import { z } from 'zod';
import { renderStage } from '../rendering-schemas';
import { enrichment } from './enrichments';
import { artefactRef, id, instant, pageOf, paging, sha256, text } from '../schemas';
import { read, sample, shootouts } from './context';
import { manifest, mediaKey } from './manifest';
import { shootout, shootoutFailure, shootoutStatus, visibility } from './shootout';

const shootoutId = id('Shootout');
const minEventSeq = z.int().min(0).optional();
const open = { version: 1, auth: 'public' } as const;

export const ListShootouts = shootouts.query('ListShootouts', {
  ...read,
  summary: 'Shootouts of the workspace, newest first.',
  data: z.strictObject({
    ...paging,
    status: shootoutStatus.optional(),
    visibility: visibility.optional(),
    q: text(0, 100).optional(),
    includeDeleted: z.boolean().optional(),
  }),
  reply: pageOf(shootout),
  example: { status: 'COMPLETED' },
});

export const GetShootout = shootouts.query('GetShootout', {
  ...read,
  summary: 'One shootout of the workspace.',
  data: z.strictObject({ shootoutId, minEventSeq }),
  reply: shootout,
  example: { shootoutId: sample.shootout },
});

/** The steps of a run as people see them. */
export const runStep = z.enum(['snapshot', 'hold', 'render', 'finalise', 'done']);

export const GetRun = shootouts.query('GetRun', {
  ...read,
  summary: 'How the latest run of a shootout goes; the details of rendering are absent while it cannot be asked.',
  data: z.strictObject({ shootoutId }),
  reply: z.strictObject({
    runId: id('Run'),
    shootoutId,
    renderVersion: z.int().min(1),
    status: shootoutStatus,
    step: runStep,
    percent: z.number().optional(),
    queuePosition: z.int().nullable().optional(),
    etaSeconds: z.int().nullable().optional(),
    tones: z
      .array(
        z.strictObject({
          toneId: id('ToneSelection'),
          label: z.string(),
          stage: renderStage,
          percent: z.number(),
          cached: z.boolean(),
        }),
      )
      .optional(),
    /** Tones computed for this run, and tones taken whole from the stage cache; known when it has ended well. */
    rendered: z.int().optional(),
    reused: z.int().optional(),
    failure: shootoutFailure.optional(),
    manifestVersion: z.int().optional(),
  }),
  example: { shootoutId: sample.shootout },
});

/** One line of a public list. */
export const publicSummary = z.strictObject({
  id: shootoutId,
  title: z.string(),
  tones: z.array(z.string()),
  durationMs: z.int(),
  manifestVersion: z.int(),
  publishedAt: instant,
});

export const BrowsePublic = shootouts.query('BrowsePublic', {
  ...open,
  summary: 'Published shootouts, newest first; unlisted ones are in no list.',
  data: z.strictObject({
    ...paging,
    sort: z.enum(['newest']).default('newest'),
    gearModelId: id('GearModel').optional(),
  }),
  reply: pageOf(publicSummary),
  example: { sort: 'newest' },
});

/** All that a public page may know: exactly these keys, never another. */
export const publicShootout = z.strictObject({
  id: shootoutId,
  eventSeq: z.int(),
  visibility,
  published: z.boolean(),
  publishedAt: instant,
  rerunOf: shootoutId.optional(),
  manifestSha256: sha256,
  ...manifest.omit({ schemaVersion: true, shootoutId: true, inputs: true }).shape,
  /** Made after the manifest, kept beside it; absent for what was finished before there were any. */
  enrichments: z.array(enrichment).max(3).optional(),
});
export type PublicShootoutData = z.output<typeof publicShootout>;

export const GetPublicShootout = shootouts.query('GetPublicShootout', {
  ...open,
  summary: 'The page of a published shootout; its own workspace also sees it unpublished.',
  data: z.strictObject({ shootoutId, minEventSeq }),
  reply: publicShootout,
  example: { shootoutId: sample.shootout },
});

export const GetManifest = shootouts.query('GetManifest', {
  ...open,
  summary: 'The manifest as canonical JSON, byte for byte what manifestSha256 hashes.',
  data: z.strictObject({ shootoutId, manifestVersion: z.int().min(1) }),
  reply: z.strictObject({ canonical: z.string(), manifestSha256: sha256, published: z.boolean() }),
  example: { shootoutId: sample.shootout, manifestVersion: 1 },
});

export const ResolveMedia = shootouts.query('ResolveMedia', {
  ...open,
  summary: 'The bytes behind a media key, if the viewer may hear them.',
  data: z.strictObject({ mediaKey }),
  reply: z.strictObject({ ref: artefactRef, filename: z.string(), published: z.boolean() }),
  example: { mediaKey: sample.mediaKey },
});
