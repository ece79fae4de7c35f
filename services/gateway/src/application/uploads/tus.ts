import { sha256, text, UPLOAD_BYTES } from '@gts/contracts';
import type { IncomingHttpHeaders } from 'node:http';
import type { Finding } from '@gts/kernel';
import { z } from 'zod';
import { http } from '../errors';
import { findingsOf } from '../reading/findings';
import { type Checksum, tooLarge, wrongChecksum } from './receive';

const TUS = '1.0.0';
/** What every tus answer says of the server. */
export const tusHeaders: Readonly<Record<string, string>> = {
  'tus-resumable': TUS,
  'tus-version': TUS,
  'tus-extension': 'creation,checksum,expiration,termination',
  'tus-max-size': String(UPLOAD_BYTES),
  'tus-checksum-algorithm': 'sha1,sha256',
};
export const CHUNK_BYTES = 16 * 1024 * 1024;

/** @throws HTTP.TUS_VERSION */
export function checkTus(headers: IncomingHttpHeaders): void {
  if (headers['tus-resumable'] !== TUS) throw http.TUS_VERSION(`send Tus-Resumable: ${TUS}`);
}

const refused = (findings: readonly Finding[]) =>
  http.VALIDATION_FAILED.with({ details: { errors: findings } }, findings.length);
const bad = (header: string, detail: string, code = 'invalid-parameter') =>
  http.INVALID_PARAMETER.with({ details: { errors: [{ code, header, detail }] } }, detail);

/** Upload-Length: stated, above 0, at most 100 MiB. */
export function lengthOf(headers: IncomingHttpHeaders): number {
  const given = headers['upload-length'];
  if (headers['upload-defer-length'] !== undefined || typeof given !== 'string' || !/^\d{1,15}$/.test(given))
    throw bad('upload-length', 'state Upload-Length; it cannot be deferred');
  const length = Number(given);
  if (length > UPLOAD_BYTES) throw tooLarge(UPLOAD_BYTES);
  if (length === 0)
    throw refused([{ code: 'out-of-range', header: 'upload-length', detail: 'at least one byte', limit: 1 }]);
  return length;
}

/** Upload-Metadata: `filename <base64>,purpose <base64 of di>`, optionally sha256 of the whole file in hex. */
export function metadataOf(headers: IncomingHttpHeaders): { filename: string; sha256?: string } {
  const parsed = metadata.safeParse(pairsOf(headers['upload-metadata']));
  if (parsed.success)
    return { filename: parsed.data.filename, ...(parsed.data.sha256 && { sha256: parsed.data.sha256 }) };
  const findings = findingsOf(parsed.error.issues).map(({ pointer = '', ...rest }) => ({
    ...rest,
    header: 'upload-metadata',
    detail: `${pointer.slice(1)}: ${rest.detail}`,
  }));
  throw refused(findings);
}

const metadata = z.object({ filename: text(1, 255), purpose: z.literal('di'), sha256: sha256.optional() });

const pairsOf = (header: string | string[] | undefined): Record<string, string> =>
  Object.fromEntries(
    String(header ?? '')
      .split(',')
      .map((pair) => pair.trim().split(' '))
      .map(([key = '', value = '']) => [key, utf8(value)] as const),
  );

function utf8(base64: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(base64, 'base64'));
  } catch {
    // Not UTF-8: a NUL makes the text refused as such.
    return '\u0000';
  }
}

/** Upload-Offset of a PATCH. */
export function offsetOf(headers: IncomingHttpHeaders): number {
  const given = headers['upload-offset'];
  if (typeof given !== 'string' || !/^\d{1,15}$/.test(given))
    throw bad('upload-offset', 'state Upload-Offset in bytes');
  return Number(given);
}

/** Upload-Checksum: `sha1 <base64>` or `sha256 <base64>`. */
export function checksumOf(headers: IncomingHttpHeaders): Checksum | undefined {
  const given = headers['upload-checksum'];
  if (given === undefined) return undefined;
  const [algorithm = '', value = ''] = String(given).split(' ');
  if (algorithm !== 'sha1' && algorithm !== 'sha256') throw bad('upload-checksum', 'sha1 and sha256 are understood');
  const digest = Buffer.from(value, 'base64');
  if (digest.length !== (algorithm === 'sha1' ? 20 : 32)) throw wrongChecksum();
  return { algorithm, digest };
}
