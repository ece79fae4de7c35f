import { Readable } from 'node:stream';
import { inputFault } from '../errors';
import type { ByteRange } from '../ports';
import type { Bucket } from './bucket';
import { type Meta, unpacked } from './meta';
import { CHUNK_BYTES } from './write';

const AHEAD = 4;

type Part = Readonly<{ seq: number; from: number; to: number }>;

/** Which bytes of which chunks a range is. */
function partsOf(meta: Meta, { start, end }: ByteRange): Part[] {
  const sequences = unpacked(meta.metadata.sequences);
  const last = Math.min(end, meta.size - 1);
  const first = Math.floor(start / CHUNK_BYTES);
  return sequences.slice(first, Math.floor(last / CHUNK_BYTES) + 1).map((seq, at) => {
    const begins = (first + at) * CHUNK_BYTES;
    return { seq, from: Math.max(0, start - begins), to: Math.min(CHUNK_BYTES, last + 1 - begins) };
  });
}

/**
 * Streams a range, a few chunks ahead of its reader; the first of them are here before it is handed out, so that a
 * small content can be read to its end though it is swept meanwhile.
 */
export async function readRange(bucket: Bucket, meta: Meta, range: ByteRange): Promise<Readable> {
  const parts = range.start >= meta.size ? [] : partsOf(meta, range);
  const load = async ({ seq, from, to }: Part): Promise<Uint8Array> => {
    const chunk = await bucket.chunk(seq);
    if (!chunk) throw inputFault.corrupt(meta.name);
    return chunk.subarray(from, to);
  };
  const loading: Promise<Uint8Array>[] = [];
  const more = () => {
    const part = parts[started];
    if (!part) return;
    started += 1;
    const piece = load(part);
    // Told to the reader when it comes to it.
    piece.catch(() => undefined);
    loading.push(piece);
  };
  let started = 0;
  for (let at = 0; at < AHEAD; at++) more();
  await Promise.allSettled(loading);
  async function* bytes() {
    for (let piece = loading.shift(); piece; piece = loading.shift()) {
      more();
      yield await piece;
    }
  }
  return Readable.from(bytes(), { objectMode: false });
}
