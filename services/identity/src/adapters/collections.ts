import { apiTokenScope, id, instant } from '@gts/contracts';
import { collection } from '@gts/persistence';
import { z } from 'zod';
import type { ApiToken } from '../domain/api-token';
import type { Session } from '../domain/session';
import type { Tenant } from '../domain/tenant';
import type { User } from '../domain/user';

const provider = z.literal('demo');

// People belong to no workspace, so all of this context is global.
export const userCollection = collection<User>('users', {
  scope: 'global',
  indexes: { byUsername: { fields: ['username'], unique: true } },
  schema: z.strictObject({
    username: z.string(),
    displayName: z.string(),
    locale: z.string(),
    status: z.enum(['ACTIVE', 'SUSPENDED']),
    isAdmin: z.boolean(),
    personalTenantId: id('Tenant'),
    links: z.array(z.strictObject({ provider, externalId: z.string(), externalName: z.string(), linkedAt: instant })),
    sessionsRevokedAt: instant.nullable(),
  }),
});

/** Which user a provider's id belongs to; the document id is `<provider>:<id>`, which makes it unique. */
export const linkCollection = collection('provider_links', {
  scope: 'global',
  schema: z.strictObject({ userId: id('User') }),
});

export const tenantCollection = collection<Tenant>('tenants', {
  scope: 'global',
  indexes: { bySlug: { fields: ['slug'], unique: true } },
  schema: z.strictObject({
    name: z.string(),
    slug: z.string(),
    kind: z.enum(['PERSONAL', 'TEAM']),
    status: z.enum(['ACTIVE', 'SUSPENDED']),
    defaultVisibility: z.enum(['public', 'unlisted', 'private']),
    members: z.array(
      z.strictObject({ userId: id('User'), role: z.enum(['viewer', 'editor', 'owner']), joinedAt: instant }),
    ),
  }),
});

export const sessionCollection = collection<Session>('sessions', {
  scope: 'global',
  indexes: { byUser: { fields: ['userId', 'revoked', 'startedAt'] } },
  // Revoked ones, too: none lives longer than 30 days.
  retention: [{ after: '30d', since: 'expiresAt' }],
  schema: z.strictObject({
    userId: id('User'),
    activeTenantId: id('Tenant'),
    label: z.string(),
    startedAt: instant,
    lastSeenAt: instant,
    expiresAt: instant,
    reauthenticatedAt: instant,
    revoked: z.boolean(),
  }),
});

export const tokenCollection = collection<ApiToken>('api_tokens', {
  scope: 'global',
  indexes: {
    byHash: { fields: ['hash'], unique: true },
    byUser: { fields: ['userId', 'revoked', 'expiresAt'] },
  },
  retention: [
    { after: '30d', since: 'expiresAt' },
    { after: '30d', since: 'updatedAt', only: { revoked: [true] } },
  ],
  schema: z.strictObject({
    userId: id('User'),
    name: z.string(),
    prefix: z.string(),
    hash: z.string(),
    scopes: z.array(apiTokenScope),
    madeAt: instant,
    expiresAt: instant,
    lastUsedAt: instant.nullable(),
    revoked: z.boolean(),
  }),
});
