import type { Id, Instant } from '@gts/kernel';
import { z } from 'zod';
import { base, id, instant, openEnum, sha256, text } from '../schemas';

/** What a member of a workspace may do; each includes the one before. */
export const role = z.enum(['viewer', 'editor', 'owner']);
export type Role = z.output<typeof role>;

/** What a bearer of an API token may do: `read` GET, `write` the rest, `render` starting and stopping renders, `ops` operating (administrators only). */
export const apiTokenScope = z.enum(['read', 'write', 'render', 'ops']);
export type ApiTokenScope = z.output<typeof apiTokenScope>;

/** Sessions are named by the SHA-256 of the 256 random bits in the cookie: the secret itself stays at the edge. */
export const sessionId = sha256.meta({ description: 'SHA-256 of the secret in the session cookie' });

export const userView = z.strictObject({
  ...base('User'),
  username: z.string(),
  displayName: z.string(),
  isAdmin: z.boolean(),
  personalTenantId: id('Tenant'),
  locale: z.string(),
});
export type UserView = z.output<typeof userView>;

export const tenantView = z.strictObject({
  ...base('Tenant'),
  name: z.string(),
  slug: z.string(),
  kind: openEnum(['PERSONAL', 'TEAM']),
  defaultVisibility: openEnum(['public', 'unlisted', 'private']),
  role,
});
export type TenantView = z.output<typeof tenantView>;

export const sessionView = z.strictObject({
  id: sessionId,
  version: z.int().min(1),
  label: z.string(),
  createdAt: instant,
  lastSeenAt: instant,
  expiresAt: instant,
  /** Whether the asker used this very session. */
  current: z.boolean(),
});
export type SessionView = z.output<typeof sessionView>;

export const apiTokenView = z.strictObject({
  ...base('ApiToken'),
  name: text(1, 60),
  /** The first characters of the token, so that people can tell theirs apart. */
  prefix: z.string(),
  scopes: z.array(apiTokenScope),
  expiresAt: instant,
  lastUsedAt: instant.nullable(),
});
export type ApiTokenView = z.output<typeof apiTokenView>;

/** Who asks, as the gateway keeps it for at most 5 s. */
export const principal = z.strictObject({
  kind: z.enum(['session', 'token']),
  userId: id('User'),
  displayName: z.string(),
  isAdmin: z.boolean(),
  /** The selected workspace: the session's active one, for an API token the personal one. */
  tenantId: id('Tenant'),
  role,
  sessionId: sessionId.optional(),
  tokenId: id('ApiToken').optional(),
  /** Scopes of the API token; absent for a session. */
  scopes: z.array(apiTokenScope).optional(),
  expiresAt: instant,
});
export type Principal = z.output<typeof principal>;

const uuid = <K extends string>(n: number) => `0199f0a1-2b3c-7d4e-8f50-0000000001${n}` as Id<K>;
const at = '2026-01-02T03:04:05.678Z' as Instant;
const later = '2026-02-01T03:04:05.678Z' as Instant;
const stored = { version: 1, eventSeq: 1, createdAt: at, updatedAt: at };
const userId = uuid<'User'>(10);
const tenantId = uuid<'Tenant'>(11);
const tokenId = uuid<'ApiToken'>(12);
const aSessionId = 'a'.repeat(64);
const displayName = 'Ada';
const user = {
  ...stored,
  id: userId,
  username: 'ada',
  displayName,
  isAdmin: false,
  personalTenantId: tenantId,
  locale: 'en',
};
const tenant = {
  ...stored,
  id: tenantId,
  name: displayName,
  slug: 'ada',
  kind: 'PERSONAL',
  defaultVisibility: 'private',
  role: 'owner',
} as const;
const session = {
  id: aSessionId,
  version: 1,
  label: 'Firefox on Linux',
  createdAt: at,
  lastSeenAt: at,
  expiresAt: later,
  current: true,
};
const apiToken = {
  ...stored,
  id: tokenId,
  name: 'cli',
  prefix: 'gts_Ab3d',
  scopes: ['read', 'write'] as ApiTokenScope[],
  expiresAt: later,
  lastUsedAt: null,
};
const caller: Principal = {
  kind: 'session',
  userId,
  displayName,
  isAdmin: false,
  tenantId,
  role: 'owner',
  sessionId: aSessionId,
  expiresAt: later,
};

/** Typed samples that the definitions of this context share; a test parses each. */
export const sample = { userId, tenantId, tokenId, user, tenant, session, apiToken, caller };
