import type { Clock, Context, Decision, Id, NewId } from '@gts/kernel';
import type { Repositories, Stored } from '@gts/persistence';
import type { ApiToken } from '../domain/api-token';
import type { ApiTokenEvent, TenantEvent, UserEvent } from '../domain/events';
import type { Session } from '../domain/session';
import type { Tenant } from '../domain/tenant';
import type { User } from '../domain/user';

export type Registration = Readonly<{
  /** Provider and id there, `demo:ada`: nobody registers twice. */
  link: string;
  userId: Id<'User'>;
  user: Decision<User, UserEvent>;
  tenantId: Id<'Tenant'>;
  tenant: Decision<Tenant, TenantEvent>;
  sessionId: string;
  session: Decision<Session, never>;
}>;
export type SignedIn = Readonly<{ user: Stored<User>; tenant: Stored<Tenant>; session: Stored<Session> }>;

/** The two changes that touch more than one aggregate, each one transaction. */
export interface Accounts {
  find(ctx: Context, link: string): Promise<Id<'User'> | undefined>;
  /** @throws STORE.DUPLICATE_KEY when somebody else registered the link meanwhile */
  register(ctx: Context, registration: Registration): Promise<SignedIn>;
  /** Ends the session and tells everybody. */
  endSession(ctx: Context, sessionId: string): Promise<void>;
}

/** Runs `work` in one transaction: what it reads with its ctx cannot change before it is saved. */
export type Together = <R>(ctx: Context, work: (ctx: Context) => Promise<R>) => Promise<R>;

export type Deps = Readonly<{
  together: Together;
  users: Repositories<User, UserEvent>;
  tenants: Repositories<Tenant, TenantEvent>;
  sessions: Repositories<Session, never>;
  tokens: Repositories<ApiToken, ApiTokenEvent>;
  accounts: Accounts;
  clock: Clock;
  newId: NewId;
  /** Whether the people of the demo may sign in. */
  demoSignIn: boolean;
}>;
