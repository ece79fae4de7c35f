import { ApiTokenCreated, ApiTokenRevoked, SessionsRevoked, TenantCreated, UserRegistered } from '@gts/contracts';
import { outgoing, type Outgoing } from '@gts/messaging';
import type { ApiTokenEvent, TenantEvent, UserEvent } from '../domain/events';

export const fromUser = (event: UserEvent): readonly Outgoing[] => {
  if (event.type === 'UserRegistered') {
    const { userId, provider, personalTenantId } = event;
    return [outgoing(UserRegistered, { userId, provider, personalTenantId })];
  }
  const sessionIds = event.sessionIds === 'all' ? event.sessionIds : [...event.sessionIds];
  return [outgoing(SessionsRevoked, { userId: event.userId, sessionIds })];
};

export const fromTenant = ({ tenantId, kind, ownerId }: TenantEvent): readonly Outgoing[] => [
  outgoing(TenantCreated, { tenantId, kind, ownerId }),
];

export const fromApiToken = ({ type, tokenId, userId, scopes }: ApiTokenEvent): readonly Outgoing[] => [
  outgoing(type === 'ApiTokenCreated' ? ApiTokenCreated : ApiTokenRevoked, { tokenId, userId, scopes: [...scopes] }),
];
