import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, readFile, rename, rm, stat, statfs, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Readable, pipeline } from 'node:stream';
import type { Clock } from '@gts/kernel';
import { inputFault, storeError } from './errors';
import { type Layout, isSha256, layout } from './layout';
import type { ArtefactStore, ByteRange, StoredArtefact } from './ports';
import { receive } from './receive';
import { sweepContent, sweepTemporary } from './sweep';
import { digestOf, verified } from './verified';

export type FileArtefactsOptions = Readonly<{
  root: string;
  /** Whose marks this handle sets and takes away. */
  context: string;
  clock: Clock;
  /** Bytes that may still be written; the file system's free space where absent. */
  room?: () => Promise<number>;
}>;

const freeSpace = async (root: string): Promise<number> => {
  const { bavail, bsize } = await statfs(root);
  return bavail * bsize;
};

/** Content-addressed files under one folder: complete or absent, whatever is interrupted. */
export function fileArtefacts({ root, context, clock, room }: FileArtefactsOptions): ArtefactStore {
  const at = layout(root);
  let opened: Promise<void> | undefined;
  const ready = (): Promise<void> => (opened ??= openStore(at, clock));
  const guard = async <T>(action: () => Promise<T>): Promise<T> => {
    try {
      await ready();
      return await action();
    } catch (error) {
      throw storeError(error);
    }
  };
  const space = room ?? (() => freeSpace(root));
  return {
    put: (bytes, options = {}) =>
      guard(async () => {
        const { path, stored } = await receiveFile(at, (file) =>
          space().then((left) => receive(bytes, file, { ...options, room: left })),
        );
        await mark(at, context, stored.sha256);
        await settle(at, { path, stored, clock });
        return stored;
      }),
    get: (sha256, range) => guard(() => openContent(at, sha256, range)),
    read: (sha256) => guard(() => readContent(at, sha256)),
    stat: (sha256) => guard(() => statContent(at, sha256)),
    keep: (sha256) => guard(() => keepContent(at, context, sha256)),
    delete: (sha256) => guard(() => unmark(at, { context, sha256, clock })),
    sweep: () => guard(async () => (await sweepTemporary(at, clock), sweepContent(at, clock))),
  };
}

async function openStore(at: Layout, clock: Clock): Promise<void> {
  await mkdir(at.temporary, { recursive: true });
  await mkdir(at.marks, { recursive: true });
  await sweepTemporary(at, clock);
}

async function receiveFile(at: Layout, fill: (file: FileHandle) => Promise<StoredArtefact>) {
  const path = join(at.temporary, randomUUID());
  const file = await open(path, 'wx');
  try {
    return { path, stored: await fill(file) };
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}

/** Gives the temporary file its final name. The same content lying there is replaced: should it be damaged, it heals. */
async function settle(at: Layout, { path, stored, clock }: { path: string; stored: StoredArtefact; clock: Clock }) {
  const target = at.content(stored.sha256);
  await moveDurably(path, target);
  await touch(target, clock);
}

async function moveDurably(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await rename(from, to);
  const folder = await open(dirname(to), 'r');
  await folder.sync();
  await folder.close();
}

const touch = (path: string, clock: Clock): Promise<void> => {
  const seconds = clock.epochMs() / 1000;
  return utimes(path, seconds, seconds);
};

async function mark(at: Layout, context: string, sha256: string): Promise<void> {
  const path = at.mark(context, sha256);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, '');
}

/** The time since when nobody wants the content is the content's own modification time. */
async function unmark(at: Layout, { context, sha256, clock }: { context: string; sha256: string; clock: Clock }) {
  if (!isSha256(sha256)) return;
  await rm(at.mark(context, sha256), { force: true });
  await touch(at.content(sha256), clock).catch(absent);
}

async function keepContent(at: Layout, context: string, sha256: string): Promise<boolean> {
  if (!isSha256(sha256)) return false;
  await mark(at, context, sha256);
  if (await statContent(at, sha256)) return true;
  await rm(at.mark(context, sha256), { force: true });
  return false;
}

async function statContent(at: Layout, sha256: string): Promise<StoredArtefact | null> {
  const found = isSha256(sha256) ? await stat(at.content(sha256)).catch(absent) : null;
  return found ? { sha256, bytes: found.size } : null;
}

async function openContent(at: Layout, sha256: string, range?: ByteRange): Promise<Readable | null> {
  // Opened before it is handed out: a reader survives the deletion of what it reads.
  const file = isSha256(sha256) ? await open(at.content(sha256), 'r').catch(absent) : null;
  if (!file) return null;
  if (range) return file.createReadStream({ start: range.start, end: Math.max(range.end, range.start) });
  return pipeline(file.createReadStream(), verified(sha256), () => undefined);
}

async function readContent(at: Layout, sha256: string): Promise<Uint8Array | null> {
  const bytes = isSha256(sha256) ? await readFile(at.content(sha256)).catch(absent) : null;
  if (bytes && digestOf(bytes) !== sha256) throw inputFault.corrupt(sha256);
  return bytes;
}

const absent = (error: unknown): null => {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
  throw error;
};
