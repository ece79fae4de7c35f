import type { IncomingMessage } from 'node:http';
import { http } from '../application/errors';
import type { Route } from '../application/route';
import { tooLarge } from '../application/uploads/receive';
import { stalling } from '../application/uploads/stalling';

const BODY_BYTES = 256 * 1024;

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

/** The bytes of a JSON body, or nothing where there is none; type, encoding and length are checked first. */
export async function bodyBytes(request: IncomingMessage, route: Route): Promise<Uint8Array | undefined> {
  if (route.takes === 'nothing' || !hasBody(request)) return undefined;
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity')
    throw http.UNSUPPORTED_MEDIA_TYPE('send the body without Content-Encoding');
  if (route.takes === 'stream') return undefined;
  checkType(request.headers['content-type'], route);
  if (Number(request.headers['content-length'] ?? 0) > BODY_BYTES) throw tooLarge(BODY_BYTES);
  return collect(request);
}

function checkType(header: string | undefined, { method }: Route): void {
  const [type = '', ...parameters] = (header ?? '').split(';').map((part) => part.trim().toLowerCase());
  const known = type === 'application/json' || (method === 'PATCH' && type === 'application/merge-patch+json');
  const charset = parameters
    .find((each) => each.startsWith('charset='))
    ?.slice(8)
    .replaceAll('"', '');
  if (!known || (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8'))
    throw http.UNSUPPORTED_MEDIA_TYPE('send application/json in UTF-8');
}

async function collect(request: IncomingMessage): Promise<Uint8Array> {
  const signal = stalling(request);
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > BODY_BYTES) throw tooLarge(BODY_BYTES);
      chunks.push(chunk);
    }
  } catch (error) {
    if (signal.aborted) throw http.REQUEST_TIMEOUT.with({ cause: error }, 'the body came too slowly: send it again');
    throw error;
  }
  return Buffer.concat(chunks);
}
