import type { Decision, Id, Instant } from '@gts/kernel';
import { refuse } from './errors';
import type { FileRef } from './file-ref';

/** Largest file in bytes. */
export const MOST_BYTES = 100 * 1024 * 1024;

export type Upload = Readonly<{
  purpose: 'di';
  userId: string;
  length: number;
  offset: number;
  filename: string;
  sha256?: string | undefined;
  chunks: readonly FileRef[];
  whole?: FileRef | undefined;
  status: 'OPEN' | 'COMPLETE' | 'EXPIRED' | 'ABORTED';
  expiresAt: Instant;
}>;
export type UploadEvent = Readonly<{ type: 'UploadCompleted'; uploadId: Id<'Upload'> }>;
type UploadDecision = Decision<Upload, UploadEvent>;

type Announced = Pick<Upload, 'userId' | 'length' | 'filename' | 'sha256' | 'expiresAt'>;

export const openUpload = (announced: Announced) => (): UploadDecision => {
  if (announced.length > MOST_BYTES)
    throw refuse.PAYLOAD_TOO_LARGE.with({ details: { limit: MOST_BYTES } }, MOST_BYTES);
  return { state: { ...announced, purpose: 'di', offset: 0, chunks: [], status: 'OPEN' }, events: [] };
};

export type Chunk = Readonly<{
  uploadId: Id<'Upload'>;
  offset: number;
  chunk: FileRef;
  whole?: FileRef | undefined;
  now: Instant;
}>;

const offsetMismatch = (offset: number) => refuse.OFFSET_MISMATCH.with({ details: { offset } }, offset);

function assertFits(upload: Upload, { offset, chunk, now }: Chunk): void {
  if (upload.status === 'EXPIRED' || upload.status === 'ABORTED' || now >= upload.expiresAt)
    throw refuse.UPLOAD_EXPIRED();
  if (upload.status === 'COMPLETE' || offset !== upload.offset) throw offsetMismatch(upload.offset);
  if (offset + chunk.bytes > upload.length) throw refuse.PAYLOAD_TOO_LARGE(upload.length);
}

/** The joined file; a single chunk is the whole itself. */
function wholeOf(upload: Upload, { chunk, whole = upload.chunks.length === 0 ? chunk : undefined }: Chunk): FileRef {
  const announced = upload.sha256 ?? whole?.sha256;
  if (whole?.bytes !== upload.length || whole.sha256 !== announced) throw refuse.CHECKSUM_MISMATCH();
  return whole;
}

/** Adds stored bytes; the last chunk completes the upload and lets the chunks go. */
export const appendChunk =
  (chunk: Chunk) =>
  (upload: Upload): UploadDecision => {
    assertFits(upload, chunk);
    const offset = upload.offset + chunk.chunk.bytes;
    if (offset < upload.length)
      return { state: { ...upload, offset, chunks: [...upload.chunks, chunk.chunk] }, events: [] };
    const state: Upload = { ...upload, offset, chunks: [], whole: wholeOf(upload, chunk), status: 'COMPLETE' };
    return { state, events: [{ type: 'UploadCompleted', uploadId: chunk.uploadId }] };
  };

export const endUpload =
  (status: 'ABORTED' | 'EXPIRED') =>
  (upload: Upload): UploadDecision => {
    const { whole: _, ...rest } = upload;
    return { state: { ...rest, chunks: [], status }, events: [] };
  };

/** @throws SHOOTOUT.UPLOAD_EXPIRED, SHOOTOUT.UPLOAD_INCOMPLETE */
export function completeFile({ status, whole }: Upload): FileRef {
  if (status === 'EXPIRED' || status === 'ABORTED') throw refuse.UPLOAD_EXPIRED();
  if (!whole) throw refuse.UPLOAD_INCOMPLETE();
  return whole;
}
