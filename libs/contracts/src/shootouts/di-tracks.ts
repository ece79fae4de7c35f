import { z } from 'zod';
import { diLevels, renderWarning, sourceFormat } from '../rendering-schemas';
import { artefactRef, base, expectedVersion, id, pageOf, paging, prose, sha256, text } from '../schemas';
import { edit, read, sample, shootouts } from './context';

const diTrackId = id('DITrack');
const channel = z.enum(['left', 'right', 'mix'], { error: 'invalid-type' });
const ms = z.int({ error: 'invalid-type' }).min(0, { error: 'out-of-range' });

/** A named excerpt that is kept with the recording. */
const riffFields = {
  label: text(1, 80),
  startMs: ms,
  endMs: ms,
  bars: z.int().min(1).max(999).optional(),
  bpm: z.number().min(20).max(400).optional(),
};
export const riff = z.strictObject({ riffId: id('Riff'), ...riffFields });
export const riffInput = z.strictObject({ riffId: id('Riff').optional(), ...riffFields });

const about = {
  description: prose(0, 2000),
  guitar: text(0, 120),
  pickup: text(0, 120),
  tuning: text(0, 120),
  artist: text(0, 120),
};
const optional = <T extends Record<string, z.ZodType>>(shape: T) => z.strictObject(shape).partial().shape;
const nullable = {
  description: about.description.nullable().optional(),
  guitar: about.guitar.nullable().optional(),
  pickup: about.pickup.nullable().optional(),
  tuning: about.tuning.nullable().optional(),
  artist: about.artist.nullable().optional(),
};

/** A recording as its workspace sees it; the sound itself comes from GetDIAudio. */
export const diTrack = z.strictObject({
  ...base('DITrack'),
  name: z.string(),
  status: z.enum(['INSPECTING', 'READY', 'REJECTED']),
  rejection: z.strictObject({ code: z.string(), detail: z.string().optional() }).optional(),
  sourceSha256: sha256,
  sourceFormat: sourceFormat.optional(),
  channel: channel.optional(),
  frames: z.int().optional(),
  durationMs: z.int().optional(),
  levels: diLevels.optional(),
  /** JSON with 900 min/max pairs, for the gateway to serve. */
  waveform: artefactRef.optional(),
  warnings: z.array(renderWarning.shape.code),
  ...optional(about),
  riffs: z.array(riff),
  sharing: z.enum(['PRIVATE', 'POOL']),
  allowDownload: z.boolean(),
});
const exampleTrack = { diTrackId: sample.di, name: 'Riff in E' };

export const CreateDITrack = shootouts.command('CreateDITrack', {
  ...edit,
  summary: 'Makes a recording out of a complete upload and has it inspected.',
  data: z.strictObject({ uploadId: id('Upload'), name: text(1, 120), channel: channel.optional(), ...optional(about) }),
  reply: diTrack,
  example: { uploadId: sample.upload, name: 'Riff in E', guitar: 'SG', tuning: 'E standard' },
});

export const UpdateDITrack = shootouts.command('UpdateDITrack', {
  ...edit,
  summary: 'Changes what people say about a recording; null clears.',
  data: z.strictObject({
    diTrackId,
    expectedVersion,
    name: text(1, 120).optional(),
    ...nullable,
    riffs: z.array(riffInput).max(20, { error: 'too-many-items' }).optional(),
    sharing: z.enum(['PRIVATE', 'POOL'], { error: 'invalid-type' }).optional(),
    allowDownload: z.boolean({ error: 'invalid-type' }).optional(),
  }),
  reply: diTrack,
  example: { ...exampleTrack, expectedVersion: 1 },
});

export const DeleteDITrack = shootouts.command('DeleteDITrack', {
  ...edit,
  summary: 'Deletes a recording; finished shootouts keep their sound. Undone for 30 days.',
  data: z.strictObject({ diTrackId, expectedVersion }),
  reply: z.strictObject({}),
  example: { diTrackId: sample.di, expectedVersion: '*' },
});

export const RestoreDITrack = shootouts.command('RestoreDITrack', {
  ...edit,
  summary: 'Brings a deleted recording back.',
  data: z.strictObject({ diTrackId }),
  reply: diTrack,
  example: { diTrackId: sample.di },
});

export const ListDITracks = shootouts.query('ListDITracks', {
  ...read,
  summary: 'Recordings of the workspace, newest first; sha256 finds the one made of a file.',
  data: z.strictObject({
    ...paging,
    // The pool joins with its row: until then asking for it is refused, never ignored.
    scope: z.array(z.enum(['own'])).optional(),
    sha256: sha256.optional(),
    includeDeleted: z.boolean().optional(),
  }),
  reply: pageOf(diTrack),
  example: { sha256: sample.wav.sha256 },
});

export const GetDITrack = shootouts.query('GetDITrack', {
  ...read,
  summary: 'One recording.',
  data: z.strictObject({ diTrackId, minEventSeq: z.int().min(0).optional() }),
  reply: diTrack,
  example: { diTrackId: sample.di },
});

export const GetDIAudio = shootouts.query('GetDIAudio', {
  ...read,
  summary: 'Where the playback file of an own recording lies.',
  data: z.strictObject({ diTrackId }),
  reply: z.strictObject({ ref: artefactRef, filename: z.string() }),
  example: { diTrackId: sample.di },
});

const onTrack = { aggregate: 'DITrack', version: 1 } as const;

export const DITrackCreated = shootouts.event('DITrackCreated', {
  ...onTrack,
  summary: 'A recording waits for its inspection.',
  data: z.strictObject({ diTrackId }),
  example: { diTrackId: sample.di },
});
export const DITrackReady = shootouts.event('DITrackReady', {
  ...onTrack,
  summary: 'A recording can be used.',
  data: z.strictObject({ diTrackId, durationMs: z.int().min(0) }),
  example: { diTrackId: sample.di, durationMs: 10_400 },
});
export const DITrackRejected = shootouts.event('DITrackRejected', {
  ...onTrack,
  summary: 'A recording cannot be used.',
  data: z.strictObject({ diTrackId, code: z.string().max(100) }),
  example: { diTrackId: sample.di, code: 'wav.silent' },
});
export const DITrackUpdated = shootouts.event('DITrackUpdated', {
  ...onTrack,
  summary: 'Words, riffs or sharing of a recording changed.',
  data: z.strictObject({ diTrackId }),
  example: { diTrackId: sample.di },
});
export const DITrackDeleted = shootouts.event('DITrackDeleted', {
  ...onTrack,
  audit: true,
  summary: 'A recording was deleted.',
  data: z.strictObject({ diTrackId }),
  example: { diTrackId: sample.di },
});
export const DITrackRestored = shootouts.event('DITrackRestored', {
  ...onTrack,
  summary: 'A deleted recording came back.',
  data: z.strictObject({ diTrackId }),
  example: { diTrackId: sample.di },
});
