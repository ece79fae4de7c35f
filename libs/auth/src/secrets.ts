import { createHash, randomBytes } from 'node:crypto';
import { hmac, isSignedBy, sign, type KeyRing, type SecretKey } from './key-ring';

/** What a cookie carries: 256 random bits, base64url. Drawn at the edge and kept nowhere. */
export const newSecret = (): string => randomBytes(32).toString('base64url');

/** How a cookie or an API token is known inside: SHA-256 in lower-case hex. */
export const credentialHash = (secret: string): string => createHash('sha256').update(secret).digest('hex');

/** Which command created an API token; together with the key it decides the token's text. */
export type TokenSeed = Readonly<{ tenantId: string; actorId: string; commandId: string }>;
export type DerivedToken = Readonly<{ token: string; hash: string; prefix: string }>;

const TOKEN_START = 'gts_';
const PREFIX_LENGTH = 12;

function derive(key: SecretKey, { tenantId, actorId, commandId }: TokenSeed): DerivedToken {
  const token = TOKEN_START + hmac(key, 'api-token', [tenantId, actorId, commandId]).toString('base64url');
  return { token, hash: credentialHash(token), prefix: token.slice(0, PREFIX_LENGTH) };
}

/**
 * The API token that a command creates, as text for its owner and hash for the store. The same command gives the
 * same text, so a replayed answer can show it again although nothing kept it.
 * @param known the prefix that an earlier answer showed: finds the key that made it, after the ring has turned
 */
export function deriveApiToken(ring: KeyRing, seed: TokenSeed, known?: string): DerivedToken {
  const made = ring.map((key) => derive(key, seed));
  return made.find(({ prefix }) => prefix === known) ?? derive(ring[0], seed);
}

/** Whether a bearer credential looks like one of our API tokens; saves asking for what cannot be one. */
export const looksLikeApiToken = (text: string): boolean => /^gts_[A-Za-z0-9_-]{43}$/.test(text);

/** What a CSRF token is bound to: the hash of the session's or of the guest's cookie. */
export type CsrfSubject = Readonly<{ kind: 'session' | 'guest'; hash: string }>;

export const csrfToken = (ring: KeyRing, { kind, hash }: CsrfSubject): string => sign(ring, 'csrf', [kind, hash]);

export const csrfMatches = (ring: KeyRing, { kind, hash }: CsrfSubject, token: string): boolean =>
  isSignedBy(ring, 'csrf', { parts: [kind, hash], by: token });
