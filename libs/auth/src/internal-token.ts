import { createHash } from 'node:crypto';
import type { Actor, Clock, NewId, TenantId } from '@gts/kernel';
import {
  type CryptoKey,
  decodeProtectedHeader,
  importJWK,
  type JWK,
  type JWTPayload,
  jwtVerify,
  SignJWT,
  errors,
} from 'jose';
import { z } from 'zod';
import { authErrors } from './errors';
import type { KeySet, VerificationKey } from './key-set';
import { Lru } from './lru';

/** Whom an internal token speaks for, in which workspace, with which permissions. */
export type InternalIdentity = Readonly<{ sub: string; tenant: TenantId; scopes: readonly string[] }>;
/** The same after verification. */
export type InternalClaims = InternalIdentity & Readonly<{ iss: string; jti: string; exp: number }>;

const AUDIENCE = 'gts-internal';
const TYPE = 'gts+jwt';
const LIFE_S = 60;
const REUSE_UNTIL_S = 15;
const CACHED = 10_000;
/** Tokens in use this minute: found by their text, so that not even a digest is computed. */
const AT_HAND = 256;

export const userSubject = (userId: string): string => `user:${userId}`;
export const serviceSubject = (service: string): string => `service:${service}`;

/** The actor that a subject names. */
export function actorOf(sub: string): Actor {
  const split = sub.indexOf(':');
  return { kind: sub.slice(0, split) === 'service' ? 'service' : 'user', id: sub.slice(split + 1) };
}

/** Mints tokens of one issuer; the same token is handed out again until 15 s before its end. */
export type TokenMinter = (identity: InternalIdentity) => Promise<string>;

const signingKey = z.looseObject({ kid: z.string().min(1), d: z.string().min(1) });

type MinterOptions = Readonly<{
  issuer: string;
  /** Private Ed25519 key as JWK text with its `kid`. */
  jwk: string;
  clock: Clock;
  newId: NewId;
}>;

/** @throws Error when the key is no private Ed25519 JWK with a `kid` */
export function tokenMinter({ issuer, jwk, clock, newId }: MinterOptions): TokenMinter {
  const parsed = signingKey.parse(JSON.parse(jwk));
  const header = { alg: 'EdDSA', typ: TYPE, kid: parsed.kid };
  const minted = new Lru<Readonly<{ token: string; exp: number }>>(CACHED);
  let imported: Promise<CryptoKey> | undefined;
  return async ({ sub, tenant, scopes }) => {
    const now = Math.floor(clock.epochMs() / 1000);
    const wanted = JSON.stringify([sub, tenant, scopes]);
    const known = minted.get(wanted);
    if (known && known.exp - now > REUSE_UNTIL_S) return known.token;
    const key = await (imported ??= importJWK(parsed as unknown as JWK, 'EdDSA') as Promise<CryptoKey>);
    const payload = {
      iss: issuer,
      aud: AUDIENCE,
      sub,
      tenant,
      scopes,
      jti: newId<'Token'>(),
      iat: now,
      exp: now + LIFE_S,
    };
    const token = await new SignJWT(payload).setProtectedHeader(header).sign(key);
    minted.set(wanted, { token, exp: now + LIFE_S });
    return token;
  };
}

export type TokenVerifier = (token: string) => Promise<InternalClaims>;

const claims = z.object({
  iss: z.string(),
  sub: z.string().regex(/^(?:user|service):[A-Za-z0-9_-]+$/),
  tenant: z.string().min(1),
  scopes: z.array(z.string()),
  jti: z.string(),
  exp: z.number(),
});

const maySpeakFor = (key: VerificationKey, sub: string): boolean =>
  key.subjects.some((each) => (each.endsWith(':') ? sub.startsWith(each) : sub === each));

function kidOf(token: string): string {
  try {
    const { kid, alg } = decodeProtectedHeader(token);
    if (alg === 'EdDSA' && kid) return kid;
  } catch {
    // Whatever cannot be read is refused below.
  }
  throw authErrors.TOKEN_INVALID('no readable header');
}

async function payloadOf(token: string, key: VerificationKey, now: number): Promise<JWTPayload> {
  try {
    const rules = { issuer: key.iss, audience: AUDIENCE, typ: TYPE, algorithms: ['EdDSA'], currentDate: new Date(now) };
    return (await jwtVerify(token, key.key, rules)).payload;
  } catch (error) {
    if (error instanceof errors.JWTExpired) throw authErrors.TOKEN_EXPIRED();
    throw authErrors.TOKEN_INVALID.with({ cause: error }, 'signature or claims do not hold');
  }
}

/**
 * Verifies internal tokens, each once: the result is remembered under the token's SHA-256 until it expires.
 * @throws AUTH.TOKEN_INVALID, AUTH.TOKEN_EXPIRED; AUTH.KEYS_UNAVAILABLE when the key cannot be looked up
 */
export function tokenVerifier({ keys, clock }: { keys: KeySet; clock: Clock }): TokenVerifier {
  const verified = new Lru<InternalClaims>(CACHED);
  const atHand = new Lru<InternalClaims>(AT_HAND);
  const isValid = (known: InternalClaims | undefined): known is InternalClaims =>
    known !== undefined && known.exp * 1000 > clock.epochMs();
  return async (token) => {
    const near = atHand.get(token);
    if (isValid(near)) return near;
    const digest = createHash('sha256').update(token).digest('base64');
    const known = verified.get(digest);
    if (isValid(known)) {
      atHand.set(token, known);
      return known;
    }
    const key = await keys.find(kidOf(token));
    if (!key) throw authErrors.TOKEN_INVALID('unknown key');
    const parsed = claims.safeParse(await payloadOf(token, key, clock.epochMs()));
    if (!parsed.success) throw authErrors.TOKEN_INVALID('claims are missing');
    if (!maySpeakFor(key, parsed.data.sub)) throw authErrors.TOKEN_INVALID('its key may not speak for this subject');
    const result = { ...parsed.data, tenant: parsed.data.tenant as TenantId };
    verified.set(digest, result);
    return result;
  };
}
