import { randomUUID } from 'node:crypto';
import { mkdir, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline, Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import type { Clock } from '@gts/kernel';
import { inputFault, storeError, storeFault } from '../errors';
import { isSha256 } from '../layout';
import type { ArtefactStore, ByteRange, StoredArtefact } from '../ports';
import { type Limits, receive } from '../receive';
import { digestOf, verified } from '../verified';
import { type S3Client, s3Client, type S3Options } from './client';
import { keys } from './keys';
import { sweepBucket } from './sweep';
import { type LocalFile, uploadFile } from './upload';

export type S3ArtefactsOptions = S3Options &
  Readonly<{
    /** Whose marks this handle sets and takes away. */
    context: string;
    clock: Clock;
    /** Bytes that may still be written; the store's own limit where absent. */
    room?: () => Promise<number>;
    /** Where a file lies until its hash is known; the system's folder where absent. */
    temporary?: string;
  }>;
type Handle = Readonly<{ client: S3Client; context: string; clock: Clock }>;

const LOOK_MS = 100;
const MOST_LOOKS = 50;
const pause = (): Promise<void> => new Promise((resume) => void setTimeout(resume, LOOK_MS));

/** Waits while a sweep is about to take it away. @throws `store.unavailable` where it does not end */
async function settled({ client }: Handle, sha256: string): Promise<void> {
  for (let looks = 0; await client.head(keys.doomed(sha256)); looks++) {
    if (looks === MOST_LOOKS) throw storeFault.unavailable('a sweep does not end');
    await pause();
  }
}

/** Takes bytes into a file, whose name is known only then, and hands that file on; it is gone in any case. */
async function viaFile<T>(
  folder: string,
  fill: (path: string) => Promise<StoredArtefact>,
  use: (path: string, stored: StoredArtefact) => Promise<T>,
): Promise<T> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, `gts-${randomUUID()}`);
  try {
    return await use(path, await fill(path));
  } catch (error) {
    throw storeError(error);
  } finally {
    await rm(path, { force: true });
  }
}

async function received(path: string, bytes: Readable | Uint8Array, limits: Limits): Promise<StoredArtefact> {
  const file = await open(path, 'wx');
  try {
    return await receive(bytes, file, limits);
  } finally {
    await file.close();
  }
}

/** Marked before it is there, so that no sweep comes between. Equal content is replaced: a damaged one heals. */
async function upload(handle: Handle, stored: StoredArtefact, file: LocalFile): Promise<void> {
  const { client, context } = handle;
  await client.put(keys.mark(stored.sha256, context), '');
  await settled(handle, stored.sha256);
  await uploadFile(client, keys.content(stored.sha256), file);
}

async function keep(handle: Handle, sha256: string): Promise<boolean> {
  const { client, context } = handle;
  if (!isSha256(sha256)) return false;
  await client.put(keys.mark(sha256, context), '');
  await settled(handle, sha256);
  if (await client.head(keys.content(sha256))) return true;
  await client.remove(keys.mark(sha256, context));
  return false;
}

async function unmark({ client, context, clock }: Handle, sha256: string): Promise<void> {
  if (!isSha256(sha256)) return;
  await client.put(keys.free(sha256), String(clock.epochMs()));
  await client.remove(keys.mark(sha256, context));
}

async function stream({ client }: Handle, sha256: string, range?: ByteRange): Promise<Readable | null> {
  const answer = isSha256(sha256) ? await client.get(keys.content(sha256), range) : null;
  if (!answer) return null;
  const bytes = answer.body ? Readable.fromWeb(answer.body as ReadableStream) : Readable.from([]);
  return range ? bytes : pipeline(bytes, verified(sha256), () => undefined);
}

async function whole({ client }: Handle, sha256: string): Promise<Uint8Array | null> {
  const answer = isSha256(sha256) ? await client.get(keys.content(sha256)) : null;
  if (!answer) return null;
  const bytes = Buffer.from(await answer.arrayBuffer());
  if (digestOf(bytes) !== sha256) throw inputFault.corrupt(sha256);
  return bytes;
}

/** Content-addressed objects in a bucket of an S3-compatible store. */
export function s3Artefacts({ context, clock, room, temporary = tmpdir(), ...s3 }: S3ArtefactsOptions): ArtefactStore {
  const handle: Handle = { client: s3Client(s3), context, clock };
  return {
    put: async (bytes, options = {}) => {
      const limits = { ...options, room: (await room?.()) ?? Infinity };
      return viaFile(
        temporary,
        (path) => received(path, bytes, limits),
        (path, stored) => upload(handle, stored, { path, signal: options.signal }).then(() => stored),
      );
    },
    get: (sha256, range) => stream(handle, sha256, range),
    read: (sha256) => whole(handle, sha256),
    stat: async (sha256) => {
      const found = isSha256(sha256) ? await handle.client.head(keys.content(sha256)) : null;
      return found && { sha256, bytes: found.bytes };
    },
    keep: (sha256) => keep(handle, sha256),
    delete: (sha256) => unmark(handle, sha256),
    sweep: () => sweepBucket(handle.client, clock),
  };
}
