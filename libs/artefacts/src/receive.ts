import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { storeFault } from './errors';
import type { StoredArtefact } from './ports';

type Limits = Readonly<{ limit?: number; room: number; signal?: AbortSignal | undefined }>;

/** Writes what comes into `file`, hashing on the way, and makes it durable. */
export async function receive(
  bytes: Readable | Uint8Array,
  file: FileHandle,
  { limit = Infinity, room, signal }: Limits,
): Promise<StoredArtefact> {
  const hash = createHash('sha256');
  let count = 0;
  for await (const chunk of chunksOf(bytes)) {
    signal?.throwIfAborted();
    count += chunk.length;
    if (count > limit) throw storeFault.too_large(limit);
    if (count > room) throw storeFault.full();
    hash.update(chunk);
    await file.writeFile(chunk);
  }
  await file.sync();
  return { sha256: hash.digest('hex'), bytes: count };
}

async function* chunksOf(bytes: Readable | Uint8Array): AsyncGenerator<Uint8Array> {
  const source: AsyncIterable<unknown> | Iterable<unknown> = bytes instanceof Readable ? bytes : [bytes];
  for await (const chunk of source) yield typeof chunk === 'string' ? Buffer.from(chunk) : (chunk as Uint8Array);
}
