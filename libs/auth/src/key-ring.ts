import { createHmac, timingSafeEqual } from 'node:crypto';

/** Secret keys in order: the first signs, all verify, so that one can be replaced without breaking what it signed. */
export type KeyRing = readonly [SecretKey, ...SecretKey[]];
export type SecretKey = Readonly<{ id: string; key: Uint8Array }>;

const LEAST_BYTES = 32;

function parseKey(entry: string): SecretKey {
  const [id = '', encoded = ''] = entry.trim().split(':');
  const key = Buffer.from(encoded, 'base64');
  if (!/^[A-Za-z0-9_-]{1,32}$/.test(id) || key.length < LEAST_BYTES)
    throw new Error('a key ring is a list of <id>:<base64 of at least 32 bytes>');
  return { id, key };
}

/**
 * Reads `<id>:<base64>,<id>:<base64>` as configuration holds it.
 * @throws Error when a key is shorter than 32 bytes or the list is empty
 */
export function parseKeyRing(text: string): KeyRing {
  const [first, ...rest] = text.split(',').map(parseKey);
  if (!first) throw new Error('a key ring needs at least one key');
  return [first, ...rest];
}

/** HMAC-SHA-256 over a purpose and parts; the purpose keeps a signature of one kind from being taken for another. */
export const hmac = ({ key }: SecretKey, purpose: string, parts: readonly string[]): Buffer =>
  createHmac('sha256', key)
    .update(JSON.stringify([purpose, ...parts]))
    .digest();

/** Signs with the first key; 43 characters of base64url. */
export const sign = (ring: KeyRing, purpose: string, parts: readonly string[]): string =>
  hmac(ring[0], purpose, parts).toString('base64url');

/** Whether any key of the ring made the signature; in constant time. */
export function isSignedBy(ring: KeyRing, purpose: string, signed: { parts: readonly string[]; by: string }): boolean {
  const given = Buffer.from(signed.by, 'base64url');
  return ring.some((each) => {
    const wanted = hmac(each, purpose, signed.parts);
    return given.length === wanted.length && timingSafeEqual(given, wanted);
  });
}
