import type { Decision, Id, Instant } from '@gts/kernel';
import { refuse } from './errors';
import type { UserEvent } from './events';
import { type Persona, personas } from './persona';

export type User = Readonly<{
  username: string;
  displayName: string;
  locale: string;
  status: 'ACTIVE' | 'SUSPENDED';
  isAdmin: boolean;
  personalTenantId: Id<'Tenant'>;
  links: readonly Readonly<{ provider: 'demo'; externalId: string; externalName: string; linkedAt: Instant }>[];
  /** Sessions that began at or before this moment are over. */
  sessionsRevokedAt: Instant | null;
}>;
type Decided = Decision<User, UserEvent>;

/** A demo person signs in for the first time. */
export function registerPersona(
  persona: Persona,
  ids: { userId: Id<'User'>; personalTenantId: Id<'Tenant'>; at: Instant },
): Decided {
  const { displayName, isAdmin } = personas[persona];
  const { userId, personalTenantId, at } = ids;
  const state: User = {
    username: persona,
    displayName,
    locale: 'en',
    status: 'ACTIVE',
    isAdmin,
    personalTenantId,
    links: [{ provider: 'demo', externalId: persona, externalName: displayName, linkedAt: at }],
    sessionsRevokedAt: null,
  };
  return { state, events: [{ type: 'UserRegistered', userId, provider: 'demo', personalTenantId }] };
}

export function assertActive(user: User): void {
  if (user.status === 'SUSPENDED') throw refuse.ACCOUNT_SUSPENDED();
}

/** Ends every session that exists now. */
export const revokeAllSessions =
  (userId: Id<'User'>, at: Instant) =>
  (user: User): Decided => ({
    state: { ...user, sessionsRevokedAt: at },
    events: [{ type: 'SessionsRevoked', userId, sessionIds: 'all' }],
  });

/** Tells everybody that some sessions of this person ended; they keep that themselves. */
export const noteRevoked =
  (userId: Id<'User'>, sessionIds: readonly string[]) =>
  (user: User): Decided => ({ state: user, events: [{ type: 'SessionsRevoked', userId, sessionIds }] });
