import { Readable } from 'node:stream';
import type { ArtefactStore } from '@gts/artefacts';
import type { Files } from '../application/ports';

const CHUNK = 262_144;

function* chunksOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += CHUNK) yield bytes.subarray(at, at + CHUNK);
}

/** In pieces, so that hashing megabytes does not hold up the event loop. */
export const inPieces = (bytes: Uint8Array): Readable => Readable.from(chunksOf(bytes));

/** The whole content, verified on the way; null when absent. */
export async function readWhole(artefacts: ArtefactStore, sha256: string): Promise<Uint8Array | null> {
  const stream = await artefacts.get(sha256);
  if (!stream) return null;
  const parts: Uint8Array[] = [];
  for await (const part of stream) parts.push(part as Uint8Array);
  return Buffer.concat(parts);
}

export const artefactFiles = (artefacts: ArtefactStore): Files => ({
  read: (sha256) => readWhole(artefacts, sha256),
  put: async (bytes, mediaType) => ({ ...(await artefacts.put(inPieces(bytes))), mediaType }),
  keep: (sha256) => artefacts.keep(sha256),
  release: (sha256) => artefacts.delete(sha256),
});
