import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const LEAST_BYTES = 1024;
const toGzip = promisify(gzip);
const toBrotli = promisify(brotliCompress);
// Quality 4 costs about as much as gzip and is smaller.
const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } };

export type Encoded = Readonly<{ bytes: Buffer; encoding?: 'br' | 'gzip' }>;

/** Encodes an answer of at least 1 KiB as the client accepts it. */
export async function compress(bytes: Buffer, accepted: string | string[] | undefined): Promise<Encoded> {
  if (bytes.length < LEAST_BYTES) return { bytes };
  const codings = String(accepted ?? '')
    .split(',')
    .map((each) => each.trim().toLowerCase())
    .filter((each) => !/;\s*q=0(?:\.0*)?$/.test(each))
    .map((each) => each.split(';')[0]);
  if (codings.includes('br')) return { bytes: await toBrotli(bytes, quality), encoding: 'br' };
  if (codings.includes('gzip')) return { bytes: await toGzip(bytes), encoding: 'gzip' };
  return { bytes };
}
