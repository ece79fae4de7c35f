import { z } from 'zod';
import { pageOf, paging, sha256 } from '../schemas';
import { identity, userId, whoAmI, empty } from './context';
import { apiTokenView, principal, sample, sessionId, sessionView, tenantView, userView } from './schemas';

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
