import { deriveApiToken } from '@gts/auth';
import {
  CreateApiToken,
  CreateApiTokenBody,
  GetMe,
  ListApiTokens,
  ListSessions,
  ListTenants,
  RevokeAllSessions,
  RevokeApiToken,
  RevokeSession,
} from '@gts/contracts';
import { z } from 'zod';
import { cookiesFor, endedCookie } from '../cookies';
import { forward } from '../forward';
import type { Ports } from '../ports';
import { type Answer, type EdgeRequest, route, type Route } from '../route';

const sessionOf = ({ caller }: EdgeRequest): string => (caller.kind === 'session' ? (caller.binding?.hash ?? '') : '');

/** The token's text is derived from our key and the command, so a replay shows it again and nothing keeps it. */
async function createToken(request: EdgeRequest, { rpc, keys }: Ports): Promise<Answer> {
  const { ctx } = request;
  const seed = { tenantId: ctx.tenantId, actorId: ctx.actor.id, commandId: ctx.commandId ?? '' };
  const { hash, prefix } = deriveApiToken(keys, seed);
  const body = CreateApiTokenBody.parse(request.body);
  const created = await rpc.call(CreateApiToken, { ...body, sessionId: sessionOf(request), hash, prefix }, ctx);
  const { token } = deriveApiToken(keys, seed, created.prefix);
  return { json: { ...created, token } };
}

const self = { who: 'self', scope: 'session' } as const;

/** What people may see and do about their own account. */
export const accountRoutes: readonly Route[] = [
  forward({ method: 'GET', path: '/me', who: 'self', def: GetMe }),
  forward({
    method: 'GET',
    path: '/me/sessions',
    who: 'self',
    def: ListSessions,
    fixedNames: ['sessionId'],
    fixed: (request) => (sessionOf(request) ? { sessionId: sessionOf(request) } : {}),
  }),
  forward({
    ...self,
    method: 'DELETE',
    path: '/me/sessions',
    def: RevokeAllSessions,
    status: 204,
    answer: (_, { caller }, { principals, settings }) => {
      if (caller.kind !== 'guest') principals.forget(caller.principal.userId);
      return { cookies: [endedCookie(cookiesFor(settings.publicUrl))] };
    },
  }),
  forward({
    ...self,
    method: 'DELETE',
    path: '/me/sessions/{id}',
    def: RevokeSession,
    params: { id: 'sessionId' },
    status: 204,
  }),
  forward({ method: 'GET', path: '/me/api-tokens', who: 'self', def: ListApiTokens }),
  route({
    ...self,
    method: 'POST',
    path: '/me/api-tokens',
    operationId: CreateApiToken.name,
    summary: CreateApiToken.summary,
    tag: 'identity',
    status: 201,
    idempotent: true,
    body: CreateApiTokenBody,
    reply: CreateApiToken.reply.extend({ token: z.string() }),
    codes: ['IDENTITY.LIMIT_REACHED', 'IDENTITY.REAUTHENTICATION_REQUIRED', 'IDENTITY.SCOPE_FORBIDDEN'],
    example: {
      body: {
        name: CreateApiToken.example.name,
        scopes: CreateApiToken.example.scopes,
        expiresAt: CreateApiToken.example.expiresAt,
      },
    },
    act: createToken,
  }),
  forward({
    ...self,
    method: 'DELETE',
    path: '/me/api-tokens/{id}',
    def: RevokeApiToken,
    params: { id: 'tokenId' },
    status: 204,
  }),
  forward({ method: 'GET', path: '/tenants', who: 'U', def: ListTenants }),
];
