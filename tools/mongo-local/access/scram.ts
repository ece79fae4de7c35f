// The server's side of SCRAM-SHA-256. @see RFC 5802 section 3 (the exchange), RFC 7677 (SHA-256)
import { createHash, createHmac, pbkdf2, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

/** What a server keeps in place of a password; binary parts in base64. */
export type Credential = Readonly<{ iterations: number; salt: string; storedKey: string; serverKey: string }>;
export type ClientFirst = Readonly<{ user: string; nonce: string; bare: string }>;

const DIGEST = 'sha256';
const KEY_BYTES = 32;
const derive = promisify(pbkdf2);
const hmac = (key: Buffer, text: string) => createHmac(DIGEST, key).update(text).digest();

/** @param password ASCII: other characters would first need SASLprep; @param salt base64 */
export async function credentialOf(password: string, salt: string, iterations: number): Promise<Credential> {
  const salted = await derive(password, Buffer.from(salt, 'base64'), iterations, KEY_BYTES, DIGEST);
  const storedKey = createHash(DIGEST).update(hmac(salted, 'Client Key')).digest('base64');
  return { iterations, salt, storedKey, serverKey: hmac(salted, 'Server Key').toString('base64') };
}

/** Attributes of a message, `a=1,b=2`; a value may hold further equal signs. */
function attributesOf(message: string): ReadonlyMap<string, string> {
  return new Map(message.split(',').map((part) => [part.slice(0, 1), part.slice(2)]));
}

const nameOf = (escaped: string) => escaped.replaceAll('=2C', ',').replaceAll('=3D', '=');

/** Reads the first message of a client without channel binding; undefined for any other. */
export function readClientFirst(message: string): ClientFirst | undefined {
  const bare = /^n,(?:a=[^,]*)?,(n=.*)$/s.exec(message)?.[1];
  if (bare === undefined) return undefined;
  const attributes = attributesOf(bare);
  const [user, nonce] = [attributes.get('n'), attributes.get('r')];
  return user === undefined || !nonce ? undefined : { user: nameOf(user), nonce, bare };
}

/** @param nonce the client's and behind it the server's */
export const serverFirst = (nonce: string, { salt, iterations }: Credential): string =>
  `r=${nonce},s=${salt},i=${iterations}`;

function isProof(proof: string, message: string, storedKey: Buffer): boolean {
  const given = Buffer.from(proof, 'base64');
  const signature = hmac(storedKey, message);
  if (given.length !== signature.length) return false;
  const clientKey = Buffer.from(given.map((byte, at) => byte ^ (signature[at] ?? 0)));
  return timingSafeEqual(createHash(DIGEST).update(clientKey).digest(), storedKey);
}

/** Checks the last message of a client: the server's last one, or undefined when the password was wrong. */
export function answerClientFinal(
  final: string,
  exchange: Readonly<{ bare: string; first: string; nonce: string }>,
  credential: Credential,
): string | undefined {
  const attributes = attributesOf(final);
  // `biws` is the header `n,,` of a client without channel binding.
  if (attributes.get('c') !== 'biws' || attributes.get('r') !== exchange.nonce) return undefined;
  const message = `${exchange.bare},${exchange.first},${final.slice(0, final.lastIndexOf(',p='))}`;
  const storedKey = Buffer.from(credential.storedKey, 'base64');
  if (!isProof(attributes.get('p') ?? '', message, storedKey)) return undefined;
  return `v=${hmac(Buffer.from(credential.serverKey, 'base64'), message).toString('base64')}`;
}
