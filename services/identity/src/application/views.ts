import type { ApiTokenView, SessionView, TenantView, UserView } from '@gts/contracts';
import type { DocumentMeta, Stored } from '@gts/persistence';
import type { ApiToken } from '../domain/api-token';
import type { Session } from '../domain/session';
import { roleOf, type Tenant } from '../domain/tenant';
import type { User } from '../domain/user';

const base = ({ id, version, eventSeq, createdAt, updatedAt }: DocumentMeta) => ({
  id: id as never,
  version,
  eventSeq,
  createdAt,
  updatedAt,
});

export const userView = ({
  meta,
  username,
  displayName,
  isAdmin,
  personalTenantId,
  locale,
}: Stored<User>): UserView => ({
  ...base(meta),
  username,
  displayName,
  isAdmin,
  personalTenantId,
  locale,
});

/** A workspace as one of its members sees it. */
export const tenantView = (tenant: Stored<Tenant>, userId: string): TenantView => {
  const { meta, name, slug, kind, defaultVisibility } = tenant;
  return { ...base(meta), name, slug, kind, defaultVisibility, role: roleOf(tenant, userId) ?? 'viewer' };
};

export const sessionView = (session: Stored<Session>, current: string | undefined): SessionView => ({
  id: session.meta.id,
  version: session.meta.version,
  label: session.label,
  createdAt: session.startedAt,
  lastSeenAt: session.lastSeenAt,
  expiresAt: session.expiresAt,
  current: session.meta.id === current,
});

export const tokenView = ({ meta, name, prefix, scopes, expiresAt, lastUsedAt }: Stored<ApiToken>): ApiTokenView => ({
  ...base(meta),
  name,
  prefix,
  scopes: [...scopes],
  expiresAt,
  lastUsedAt,
});
