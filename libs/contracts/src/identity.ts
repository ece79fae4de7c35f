import { z } from 'zod';
import { context } from './define';
import {
  apiTokenScope,
  apiTokenView,
  principal,
  role,
  sample,
  sessionId,
  sessionView,
  tenantView,
  userView,
} from './identity-schemas';
import { id, instant, openEnum, pageOf, paging, sha256, text } from './schemas';

export const identity = context('identity');

const userId = id('User');
const tokenId = id('ApiToken');
const whoAmI = z.strictObject({
  user: userView.nullable(),
  tenant: tenantView.nullable(),
  role: role.nullable(),
});
const empty = z.strictObject({});

/** Body of POST /auth/demo/sign-in; the gateway adds what the cookie stands for. */
export const SignInDemoBody = z.strictObject({ persona: z.enum(['ada', 'ben', 'cleo']) });

export const SignInDemo = identity.command('SignInDemo', {
  mode: 'request',
  version: 1,
  auth: 'public',
  summary: 'Signs a demo person in; the first time it registers the user and the personal workspace.',
  // The gateway draws 256 random bits for the cookie and passes their hash, so no store or log ever holds the secret.
  data: SignInDemoBody.extend({ sessionId, label: text(0, 120) }),
  reply: whoAmI.extend({ session: sessionView }),
  example: { persona: 'ada', sessionId: sample.session.id, label: sample.session.label },
});

export const SignOut = identity.command('SignOut', {
  mode: 'request',
  version: 1,
  auth: 'self',
  summary: 'Ends the session that the caller uses.',
  data: z.strictObject({ sessionId }),
  reply: empty,
  example: { sessionId: sample.session.id },
});

export const RevokeSession = identity.command('RevokeSession', {
  mode: 'request',
  version: 1,
  auth: 'self',
  summary: 'Ends one of the own sessions, wherever it is open.',
  data: z.strictObject({ sessionId }),
  reply: empty,
  example: { sessionId: sample.session.id },
});

export const RevokeAllSessions = identity.command('RevokeAllSessions', {
  mode: 'request',
  version: 1,
  auth: 'self',
  summary: 'Ends every session of the person, this one too.',
  data: empty,
  reply: empty,
  example: {},
});

/** Body of POST /me/api-tokens; the gateway adds session, hash and prefix, and shows the token once. */
export const CreateApiTokenBody = z.strictObject({
  name: text(1, 60),
  scopes: z
    .array(apiTokenScope)
    .min(1, { error: 'out-of-range' })
    .max(4, { error: 'too-many-items' })
    .refine((scopes) => new Set(scopes).size === scopes.length, { error: 'out-of-range' }),
  expiresAt: instant,
});

export const CreateApiToken = identity.command('CreateApiToken', {
  mode: 'request',
  version: 1,
  auth: 'self',
  summary: 'Creates an API token for programs. Its text is shown once and stored nowhere.',
  // The gateway derives the token from its key, tenant, actor and command id (`deriveApiToken` of libs/auth): a replay
  // derives the same text again, and this context only ever sees the hash.
  data: CreateApiTokenBody.extend({ sessionId, hash: sha256, prefix: z.string().regex(/^gts_[A-Za-z0-9_-]{4,12}$/) }),
  reply: apiTokenView,
  example: {
    name: 'cli',
    scopes: ['read', 'write'],
    expiresAt: sample.apiToken.expiresAt,
    sessionId: sample.session.id,
    hash: 'b'.repeat(64),
    prefix: sample.apiToken.prefix,
  },
});

export const RevokeApiToken = identity.command('RevokeApiToken', {
  mode: 'request',
  version: 1,
  auth: 'self',
  summary: 'Ends an API token; effective within 5 s.',
  data: z.strictObject({ tokenId }),
  reply: empty,
  example: { tokenId: sample.tokenId },
});

export const AuthoriseRequest = identity.query('AuthoriseRequest', {
  version: 1,
  auth: 'service',
  summary: 'Tells the gateway who a cookie or an API token stands for; null when it stands for nobody any more.',
  // `credential` is the SHA-256 (hex) of the cookie or token, never the secret itself: `credentialHash` of libs/auth.
  data: z.strictObject({ kind: z.enum(['session', 'token']), credential: sha256 }),
  reply: z.strictObject({ principal: principal.nullable() }),
  example: { kind: 'session', credential: sample.session.id },
});

export const GetPrincipal = identity.query('GetPrincipal', {
  version: 1,
  auth: 'public',
  summary: 'The person, workspace and role of the caller; all null for a guest.',
  data: empty,
  reply: whoAmI,
  example: {},
});

export const GetMe = identity.query('GetMe', {
  version: 1,
  auth: 'self',
  summary: 'The own account.',
  data: z.strictObject({ minEventSeq: z.int().min(0).optional() }),
  reply: userView,
  example: {},
});

export const ListSessions = identity.query('ListSessions', {
  version: 1,
  auth: 'self',
  summary: 'Where the person is signed in, newest first.',
  data: z.strictObject({ ...paging, /** The session that asks, if one does. */ sessionId: sessionId.optional() }),
  reply: pageOf(sessionView),
  example: { limit: 25 },
});

export const ListTenants = identity.query('ListTenants', {
  version: 1,
  auth: 'self',
  summary: 'The workspaces that the person is a member of.',
  data: z.strictObject({ ...paging }),
  reply: pageOf(tenantView),
  example: { limit: 25 },
});

export const ListApiTokens = identity.query('ListApiTokens', {
  version: 1,
  auth: 'self',
  summary: 'The own API tokens that still work, newest first, without their text.',
  data: z.strictObject({ ...paging }),
  reply: pageOf(apiTokenView),
  example: { limit: 25 },
});

export const GetPublicProfiles = identity.query('GetPublicProfiles', {
  version: 1,
  auth: 'service',
  summary: 'Names to show for up to 100 people; who is unknown or erased is left out.',
  data: z.strictObject({ userIds: z.array(userId).max(100) }),
  reply: z.strictObject({
    items: z.array(z.strictObject({ userId, displayName: z.string(), avatarKey: z.string().nullable() })),
  }),
  example: { userIds: [sample.userId] },
});

export const UserRegistered = identity.event('UserRegistered', {
  aggregate: 'User',
  version: 1,
  audit: true,
  summary: 'A person signed in for the first time.',
  data: z.strictObject({ userId, provider: openEnum(['demo', 'tone3000', 'oidc']), personalTenantId: id('Tenant') }),
  example: { userId: sample.userId, provider: 'demo', personalTenantId: sample.tenantId },
});

export const SessionsRevoked = identity.event('SessionsRevoked', {
  aggregate: 'User',
  version: 1,
  audit: true,
  summary: 'Some or all sessions of a person ended before their time.',
  data: z.strictObject({ userId, sessionIds: z.union([z.literal('all'), z.array(sessionId).max(100)]) }),
  example: { userId: sample.userId, sessionIds: [sample.session.id] },
});

export const TenantCreated = identity.event('TenantCreated', {
  aggregate: 'Tenant',
  version: 1,
  audit: true,
  summary: 'A workspace was opened.',
  data: z.strictObject({ tenantId: id('Tenant'), kind: openEnum(['PERSONAL', 'TEAM']), ownerId: userId }),
  example: { tenantId: sample.tenantId, kind: 'PERSONAL', ownerId: sample.userId },
});

const tokenFact = z.strictObject({ tokenId, userId, scopes: z.array(apiTokenScope) });
const tokenExample = { tokenId: sample.tokenId, userId: sample.userId, scopes: sample.apiToken.scopes };

export const ApiTokenCreated = identity.event('ApiTokenCreated', {
  aggregate: 'ApiToken',
  version: 1,
  audit: true,
  summary: 'A person made a token for programs.',
  data: tokenFact,
  example: tokenExample,
});

export const ApiTokenRevoked = identity.event('ApiTokenRevoked', {
  aggregate: 'ApiToken',
  version: 1,
  audit: true,
  summary: 'A token for programs stopped working.',
  data: tokenFact,
  example: tokenExample,
});
