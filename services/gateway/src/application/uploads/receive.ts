import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { IncomingMessage } from 'node:http';
import { http } from '../errors';

export type Checksum = Readonly<{ algorithm: 'sha1' | 'sha256'; digest: Buffer }>;
export type Received = Readonly<{ bytes: number; cut: boolean }>;
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
  async function* chunks(): AsyncGenerator<Buffer> {
    const signal = stalled(body);
    try {
      for await (const chunk of body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
        state.bytes += chunk.length;
        if (state.bytes > most) throw tooLarge(most);
        hash?.update(chunk);
        yield chunk;
      }
    } catch (error) {
      if (signal.aborted)
        throw http.REQUEST_TIMEOUT.with({ cause: error }, 'the body came too slowly: send the rest again');
      if (!body.destroyed || state.bytes > most) throw error;
      state.cut = true;
    }
    if (checksum && (state.cut || !hash?.digest().equals(checksum.digest))) throw wrongChecksum();
  }
  return { stream: Readable.from(chunks(), { objectMode: false }), received: (): Received => state };
}

export const tooLarge = (limit: number) =>
  http.PAYLOAD_TOO_LARGE.with(
    { details: { errors: [{ code: 'payload-too-large', detail: `at most ${limit} bytes`, limit }] } },
    `at most ${limit} bytes are taken here`,
  );
export const wrongChecksum = () => http.CHECKSUM_MISMATCH('the bytes do not have the promised hash: send them again');
