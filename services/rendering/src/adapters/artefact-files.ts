import { Readable } from 'node:stream';
import { type ArtefactStore, inputFault } from '@gts/artefacts';
import type { Files } from '../application/ports';

const CHUNK = 262_144;

function* chunksOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += CHUNK) yield bytes.subarray(at, at + CHUNK);
}

/** In pieces, so that hashing megabytes does not hold up the event loop. */
export const inPieces = (bytes: Uint8Array): Readable => Readable.from(chunksOf(bytes));

/** The whole content in memory of its own, verified on the way; null when absent. @throws `input.corrupt` */
export async function readWhole(artefacts: ArtefactStore, sha256: string): Promise<Uint8Array | null> {
  const stored = await artefacts.stat(sha256);
  const stream = stored && (await artefacts.get(sha256));
  if (!stream) return null;
  // Filled piece by piece: to join the pieces of a large file would hold up the event loop.
  const bytes = Buffer.from(new ArrayBuffer(stored.bytes));
  let count = 0;
  for await (const part of stream as AsyncIterable<Uint8Array>) {
    if (count + part.length > bytes.length) throw inputFault.corrupt(sha256);
    bytes.set(part, count);
    count += part.length;
  }
  return bytes.subarray(0, count);
}

export const artefactFiles = (artefacts: ArtefactStore): Files => ({
  read: (sha256) => readWhole(artefacts, sha256),
  put: async (bytes, mediaType) => ({ ...(await artefacts.put(inPieces(bytes))), mediaType }),
  keep: (sha256) => artefacts.keep(sha256),
  release: (sha256) => artefacts.delete(sha256),
});
