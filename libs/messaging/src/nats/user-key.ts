import { createPrivateKey, createPublicKey, randomBytes, sign } from 'node:crypto';
import type { Authenticator } from 'nats';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
/** First bits of a seed (`S`) and of a user (`U`). */
const SEED = 18 << 3;
const USER = 20 << 3;
/** What stands before the 32 bytes of an Ed25519 key in PKCS #8. */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** RFC 4648, without padding. */
function base32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{1,5}/g) ?? []).map((five) => ALPHABET[Number.parseInt(five.padEnd(5, '0'), 2)]).join('');
}

function fromBase32(text: string): Buffer {
  const bits = text
    .split('')
    .map((letter) => ALPHABET.indexOf(letter).toString(2).padStart(5, '0'))
    .join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((eight) => Number.parseInt(eight, 2)));
}

/** CRC-16/XMODEM, little-endian: the check that every key ends with. */
function checksum(bytes: Uint8Array): Buffer {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = ((crc & 0x8000) === 0 ? crc << 1 : (crc << 1) ^ 0x1021) & 0xffff;
  }
  return Buffer.from([crc & 0xff, crc >> 8]);
}

const checked = (bytes: Uint8Array): string => base32(Buffer.concat([bytes, checksum(bytes)]));

/** Seed of a new broker user, `SU…`. */
export const newUserSeed = (): string =>
  checked(Buffer.concat([Buffer.from([SEED | (USER >> 5), (USER & 31) << 3]), randomBytes(32)]));

function rawSeed(seed: string): Buffer {
  const bytes = fromBase32(seed);
  const [body, check] = [bytes.subarray(0, 34), bytes.subarray(34)];
  if (!/^SU[A-Z2-7]{56}$/.test(seed) || !checksum(body).equals(check))
    throw new Error('this is no seed of a broker user (SU and 56 letters and digits)');
  return body.subarray(2);
}

export type UserKey = Readonly<{
  /** `U…`, what the broker's configuration names. */
  publicKey: string;
  sign(message: Uint8Array): Uint8Array;
}>;

/**
 * The key pair of a broker user. The client's own arithmetic takes a hundred times as long as the platform's and
 * stops everything else meanwhile.
 * @throws Error where the text is no seed
 */
export function userKey(seed: string): UserKey {
  const key = createPrivateKey({ key: Buffer.concat([PKCS8, rawSeed(seed)]), format: 'der', type: 'pkcs8' });
  const raw = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32);
  return {
    publicKey: checked(Buffer.concat([Buffer.from([USER]), raw])),
    sign: (message) => sign(null, message, key),
  };
}

/** Signs what the broker asks to be signed, anew at every connection. */
export function userAuthenticator(seed: string): Authenticator {
  const { publicKey, sign: signed } = userKey(seed);
  return (nonce = '') => ({ nkey: publicKey, sig: Buffer.from(signed(Buffer.from(nonce))).toString('base64url') });
}
