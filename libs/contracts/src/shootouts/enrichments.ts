import { z } from 'zod';
import { chapters, enrichmentKind } from '../rendering-schemas';
import { id } from '../schemas';
import { render, sample, shootouts } from './context';
import { mediaFile } from './manifest';

const shootoutId = id('Shootout');

/** Montage, video or share picture of one manifest. */
export const enrichment = z.strictObject({
  kind: enrichmentKind,
  status: z.enum(['PENDING', 'READY', 'FAILED']),
  media: mediaFile.optional(),
  /** Of montage and video. */
  chapters: chapters.optional(),
  /** The chapters as lines of text, beside the montage. */
  chaptersFile: mediaFile.optional(),
});

export const RetryEnrichment = shootouts.command('RetryEnrichment', {
  ...render,
  summary: 'Asks again for a montage, video or picture that could not be made.',
  data: z.strictObject({ shootoutId, kind: enrichmentKind }),
  reply: enrichment,
  example: { shootoutId: sample.shootout, kind: 'video' },
});

const told = {
  aggregate: 'Enrichment',
  version: 1,
  data: z.strictObject({
    shootoutId,
    ownerId: z.string(),
    manifestVersion: z.int().min(1),
    kind: enrichmentKind,
  }),
  example: { shootoutId: sample.shootout, ownerId: sample.user, manifestVersion: 1, kind: 'video' as const },
} as const;

export const EnrichmentReady = shootouts.event('EnrichmentReady', {
  ...told,
  summary: 'Montage, video or picture can be played or fetched.',
});
export const EnrichmentFailed = shootouts.event('EnrichmentFailed', {
  ...told,
  summary: 'Montage, video or picture could not be made; it may be asked for again.',
});
