import type { Id } from '@gts/kernel';

export type TokenScope = 'read' | 'write' | 'render' | 'ops';

type TokenFact = Readonly<{ tokenId: Id<'ApiToken'>; userId: Id<'User'>; scopes: readonly TokenScope[] }>;

export type UserEvent =
  | Readonly<{ type: 'UserRegistered'; userId: Id<'User'>; provider: 'demo'; personalTenantId: Id<'Tenant'> }>
  | Readonly<{ type: 'SessionsRevoked'; userId: Id<'User'>; sessionIds: 'all' | readonly string[] }>;
export type TenantEvent = Readonly<{
  type: 'TenantCreated';
  tenantId: Id<'Tenant'>;
  kind: 'PERSONAL';
  ownerId: Id<'User'>;
}>;
export type ApiTokenEvent =
  (Readonly<{ type: 'ApiTokenCreated' }> & TokenFact) | (Readonly<{ type: 'ApiTokenRevoked' }> & TokenFact);
