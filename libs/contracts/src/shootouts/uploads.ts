import { z } from 'zod';
import { artefactRef, base, id, instant, sha256, text } from '../schemas';
import { edit, sample, shootouts } from './context';

/** Largest DI file in bytes. */
export const UPLOAD_BYTES = 100 * 1024 * 1024;

const uploadId = id('Upload');

/** What the gateway needs to go on, to join the chunks and to answer a tus client. */
export const upload = z.strictObject({
  ...base('Upload'),
  purpose: z.literal('di'),
  status: z.enum(['OPEN', 'COMPLETE', 'EXPIRED', 'ABORTED']),
  length: z.int().min(1),
  offset: z.int().min(0),
  filename: z.string(),
  sha256: sha256.optional(),
  expiresAt: instant,
  chunks: z.array(artefactRef),
  whole: artefactRef.optional(),
});
const exampleUpload = {
  id: sample.upload,
  ...sample.meta,
  purpose: 'di' as const,
  status: 'OPEN' as const,
  length: sample.wav.bytes,
  offset: 0,
  filename: 'riff.wav',
  expiresAt: sample.at,
  chunks: [],
};

export const CreateUpload = shootouts.command('CreateUpload', {
  ...edit,
  summary: 'Opens a resumable upload; it expires after 24 h.',
  data: z.strictObject({
    purpose: z.literal('di').default('di'),
    length: z.int().min(1),
    filename: text(1, 255),
    /** Of the whole file; compared when it is complete. */
    sha256: sha256.optional(),
  }),
  reply: upload,
  example: { length: exampleUpload.length, filename: exampleUpload.filename },
});

export const AppendChunk = shootouts.command('AppendChunk', {
  ...edit,
  summary: 'Adds stored bytes at the offset; the last chunk brings the joined file.',
  data: z.strictObject({
    uploadId,
    offset: z.int().min(0),
    chunk: artefactRef,
    /** The whole file, stored by the gateway; required with the chunk that completes an upload of several. */
    whole: artefactRef.optional(),
  }),
  reply: upload,
  example: { uploadId: sample.upload, offset: 0, chunk: sample.wav, whole: sample.wav },
});

export const AbortUpload = shootouts.command('AbortUpload', {
  ...edit,
  summary: 'Ends an upload and lets its bytes go.',
  data: z.strictObject({ uploadId }),
  reply: z.strictObject({}),
  example: { uploadId: sample.upload },
});

export const GetUpload = shootouts.query('GetUpload', {
  version: 1,
  auth: 'shootouts.edit',
  summary: 'Offset, length and chunks of an own upload.',
  data: z.strictObject({ uploadId }),
  reply: upload,
  example: { uploadId: sample.upload },
});

export const UploadCompleted = shootouts.event('UploadCompleted', {
  aggregate: 'Upload',
  version: 1,
  summary: 'All bytes of an upload are stored.',
  data: z.strictObject({ uploadId }),
  example: { uploadId: sample.upload },
});
