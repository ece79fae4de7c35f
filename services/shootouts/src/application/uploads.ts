import type { AbortUpload, AppendChunk, CreateUpload, DataOf, GetUpload, ReplyOf } from '@gts/contracts';
import { type Clock, type Context, type NewId, instantOf } from '@gts/kernel';
import type { Stored } from '@gts/persistence';
import { refuse } from '../domain/errors';
import { type Upload, appendChunk as append, endUpload, openUpload } from '../domain/upload';
import type { Uploads } from './ports';
import { uploadView } from './views';

/**
 * As long as the store leaves what nobody marks: an open upload's bytes need no mark of ours, and its end takes none
 * off bytes that a recording came with before. The recording marks its source.
 */
const LIFE_MS = 24 * 3_600_000;

export type UploadDeps = Readonly<{ uploads: Uploads; newId: NewId; clock: Clock }>;
type UploadReply = ReplyOf<typeof GetUpload>;

/** An upload belongs to the person who opened it: for others there is none. */
function assertOwn({ userId }: Stored<Upload>, ctx: Context): void {
  if (userId !== ctx.actor.id) throw refuse.NOT_FOUND();
}

export const createUpload =
  ({ uploads, newId, clock }: UploadDeps) =>
  ({ length, filename, sha256 }: DataOf<typeof CreateUpload>, ctx: Context): Promise<UploadReply> => {
    const expiresAt = instantOf(clock.epochMs() + LIFE_MS);
    const announced = { userId: ctx.actor.id, length, filename, expiresAt, ...(sha256 !== undefined && { sha256 }) };
    return uploads(ctx).create(newId<'Upload'>(), openUpload(announced), uploadView);
  };

export const appendChunk =
  ({ uploads, clock }: UploadDeps) =>
  async ({ uploadId, ...chunk }: DataOf<typeof AppendChunk>, ctx: Context): Promise<UploadReply> => {
    await ownUpload(uploads, uploadId, ctx);
    return uploads(ctx).update(uploadId, append({ uploadId, ...chunk, now: clock.now() }), uploadView);
  };

export const abortUpload =
  ({ uploads }: UploadDeps) =>
  async ({ uploadId }: DataOf<typeof AbortUpload>, ctx: Context): Promise<ReplyOf<typeof AbortUpload>> => {
    const { status } = await ownUpload(uploads, uploadId, ctx);
    // A complete upload may be the source of a recording by now.
    if (status === 'COMPLETE') throw refuse.NOT_FOUND();
    await uploads(ctx).update(uploadId, endUpload('ABORTED'));
    return {};
  };

async function ownUpload(uploads: Uploads, uploadId: string, ctx: Context): Promise<Stored<Upload>> {
  const upload = await uploads(ctx).get(uploadId);
  assertOwn(upload, ctx);
  return upload;
}

export const getUpload =
  ({ uploads }: Pick<UploadDeps, 'uploads'>) =>
  async ({ uploadId }: DataOf<typeof GetUpload>, ctx: Context): Promise<UploadReply> => {
    const upload = await ownUpload(uploads, uploadId, ctx);
    if (upload.status === 'ABORTED') throw refuse.NOT_FOUND();
    return uploadView(upload);
  };
