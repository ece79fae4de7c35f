import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { IncomingMessage } from 'node:http';
import { isDomainError } from '@gts/kernel';
import { http } from '../errors';

export type Checksum = Readonly<{ algorithm: 'sha1' | 'sha256'; digest: Buffer }>;
type Options = Readonly<{
  most: number;
  checksum?: Checksum | undefined;
  stalled: (body: IncomingMessage) => AbortSignal;
}>;

/**
 * The body of a request as a stream that ends, not fails, where the connection is cut: what has arrived is kept, and
 * the client goes on from there. A body longer than `most` fails with HTTP.PAYLOAD_TOO_LARGE.
 */
export function receive(body: IncomingMessage, { most, checksum, stalled }: Options) {
  const hash = checksum && createHash(checksum.algorithm);
  const state = { bytes: 0, cut: false };
  const count = (chunk: Buffer): Buffer => {
    state.bytes += chunk.length;
    if (state.bytes > most) throw tooLarge(most);
    hash?.update(chunk);
    return chunk;
  };
  async function* chunks(): AsyncGenerator<Buffer> {
    const signal = stalled(body);
    try {
      for await (const chunk of body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) yield count(chunk);
    } catch (error) {
      if (signal.aborted) throw tooSlow(error);
      if (isDomainError(error) || !body.destroyed) throw error;
      state.cut = true;
    }
    if (checksum && (state.cut || !hash?.digest().equals(checksum.digest))) throw wrongChecksum();
  }
  return { stream: Readable.from(chunks(), { objectMode: false }) };
}

const tooSlow = (cause: unknown) =>
  http.REQUEST_TIMEOUT.with({ cause }, 'the body came too slowly: send the rest again');
export const tooLarge = (limit: number) =>
  http.PAYLOAD_TOO_LARGE.with(
    { details: { errors: [{ code: 'payload-too-large', detail: `at most ${limit} bytes`, limit }] } },
    `at most ${limit} bytes are taken here`,
  );
export const wrongChecksum = () => http.CHECKSUM_MISMATCH('the bytes do not have the promised hash: send them again');
