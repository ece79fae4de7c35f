import { z } from 'zod';
import { id, openEnum } from '../schemas';
import { identity, userId, tokenId } from './context';
import { apiTokenScope, sample, sessionId } from './schemas';

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
