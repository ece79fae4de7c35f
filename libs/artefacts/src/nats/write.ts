import { nuid } from 'nats';
import type { Readable } from 'node:stream';
import { type Limits, measured } from '../receive';
import type { StoredArtefact } from '../ports';
import type { Bucket } from './bucket';

/** Bytes of one message; half of what the broker takes. */
export const CHUNK_BYTES = 512 * 1024;
const IN_FLIGHT = 4;

/** A writing that is complete, though nobody sees it yet. */
export type Written = Readonly<{ nuid: string; sequences: readonly number[]; stored: StoredArtefact }>;

/** Pieces of one size, the last one shorter. */
async function* evenly(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let kept: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of source) {
    kept.push(chunk);
    length += chunk.length;
    if (length < CHUNK_BYTES) continue;
    const all = Buffer.concat(kept);
    const whole = all.length - (all.length % CHUNK_BYTES);
    for (let at = 0; at < whole; at += CHUNK_BYTES) yield all.subarray(at, at + CHUNK_BYTES);
    kept = [all.subarray(whole)];
    length = all.length - whole;
  }
  if (length > 0) yield Buffer.concat(kept);
}

/** Sends all bytes to the bucket, a few chunks ahead of their acknowledgements; leaves nothing where it fails. */
export async function write(bucket: Bucket, bytes: Readable | Uint8Array, limits: Limits): Promise<Written> {
  const id = nuid.next();
  const { chunks, stored } = measured(bytes, limits);
  const sent: Promise<number>[] = [];
  try {
    for await (const piece of evenly(chunks)) {
      const sending = bucket.append(id, sent.length, piece);
      // Looked at below, in order; until then a failure is nobody's surprise.
      sending.catch(() => undefined);
      sent.push(sending);
      if (sent.length > IN_FLIGHT) await sent[sent.length - 1 - IN_FLIGHT];
    }
    return { nuid: id, sequences: await Promise.all(sent), stored: stored() };
  } catch (error) {
    await Promise.allSettled(sent);
    // Should this fail as well, the sweep finds chunks that nobody knows.
    if (sent.length > 0) await bucket.discard(id).catch(() => undefined);
    throw error;
  }
}
