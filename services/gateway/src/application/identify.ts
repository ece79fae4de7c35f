import type { IncomingMessage } from 'node:http';
import { credentialHash, looksLikeApiToken } from '@gts/auth';
import type { Principal } from '@gts/contracts';
import type { Caller } from './caller';
import { cookiesFor, secretIn } from './cookies';
import { http } from './errors';
import type { Ports } from './ports';

type Base = Readonly<{ address: string; label: string }>;
/** Counts secrets that nobody knows (yet) against their address. @throws HTTP.RATE_LIMITED */
type Attempts = Readonly<{ take(): void; giveBack(): void }>;
type Deps = Pick<Ports, 'principals' | 'settings'> & Readonly<{ attempts: Attempts }>;

/** Finds out who a request stands for: bearer token first, then cookie, else a guest. */
export async function identify(request: IncomingMessage, base: Base, deps: Deps): Promise<Caller> {
  const { authorization } = request.headers;
  if (authorization !== undefined) return byToken(authorization, request, { base, deps });
  const cookies = cookiesFor(deps.settings.publicUrl);
  const session = secretIn(request.headers.cookie, cookies.session);
  const guest = secretIn(request.headers.cookie, cookies.guest);
  const principal = session === undefined ? null : await proven('session', session, deps);
  if (principal && session !== undefined)
    return { ...base, kind: 'session', principal, binding: { kind: 'session', hash: credentialHash(session) } };
  return { ...base, kind: 'guest', ...(guest ? { binding: { kind: 'guest', hash: credentialHash(guest) } } : {}) };
}

async function byToken(
  authorization: string,
  request: IncomingMessage,
  { base, deps }: { base: Base; deps: Deps },
): Promise<Caller> {
  const times = request.rawHeaders.filter((name, i) => i % 2 === 0 && name.toLowerCase() === 'authorization').length;
  if (times > 1) {
    const detail = 'send one Authorization header';
    const errors = [{ code: 'invalid-parameter', header: 'authorization', detail }];
    throw http.INVALID_PARAMETER.with({ details: { errors } }, detail);
  }
  const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1] ?? '';
  const principal = await proven('token', token, deps);
  if (!principal) throw http.UNAUTHENTICATED('the API token is unknown, expired or revoked');
  return { ...base, kind: 'token', principal };
}

/** Counted before identity is asked: who tries secrets is stopped here, who is known pays nothing. */
async function proven(
  kind: 'session' | 'token',
  secret: string,
  { principals, attempts }: Deps,
): Promise<Principal | null> {
  if (principals.knows(kind, secret)) return principals.find(kind, secret);
  attempts.take();
  const isOurs = kind === 'session' || looksLikeApiToken(secret);
  const principal = isOurs ? await principals.find(kind, secret) : null;
  if (principal) attempts.giveBack();
  return principal;
}
