import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { storeFault } from './errors';
import type { StoredArtefact } from './ports';

/** `room`: bytes that the store can still take. */
export type Limits = Readonly<{ limit?: number; room: number; signal?: AbortSignal | undefined }>;
/** What came so far, under the hash of it. */
export type Measured = Readonly<{ chunks: AsyncGenerator<Uint8Array>; stored(): StoredArtefact }>;

/** Passes bytes on, hashing and counting them. @throws `store.too_large`, `store.full`, what the signal says */
export function measured(bytes: Readable | Uint8Array, { limit = Infinity, room, signal }: Limits): Measured {
  const hash = createHash('sha256');
  let count = 0;
  async function* chunks() {
    for await (const chunk of chunksOf(bytes)) {
      signal?.throwIfAborted();
      count += chunk.length;
      if (count > limit) throw storeFault.too_large(limit);
      if (count > room) throw storeFault.full();
      hash.update(chunk);
      yield chunk;
    }
  }
  return { chunks: chunks(), stored: () => ({ sha256: hash.digest('hex'), bytes: count }) };
}

/** Writes what comes into `file`, hashing on the way, and makes it durable. */
export async function receive(bytes: Readable | Uint8Array, file: FileHandle, limits: Limits): Promise<StoredArtefact> {
  const { chunks, stored } = measured(bytes, limits);
  for await (const chunk of chunks) await file.writeFile(chunk);
  await file.sync();
  return stored();
}

async function* chunksOf(bytes: Readable | Uint8Array): AsyncGenerator<Uint8Array> {
  const source: AsyncIterable<unknown> | Iterable<unknown> = bytes instanceof Readable ? bytes : [bytes];
  for await (const chunk of source) yield typeof chunk === 'string' ? Buffer.from(chunk) : (chunk as Uint8Array);
}
