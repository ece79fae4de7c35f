import type { Context, UserId } from '@gts/kernel';
import type { Store } from '@gts/persistence';
import type { Accounts, Deps } from '../application/ports';
import { revoke } from '../domain/session';
import { noteRevoked } from '../domain/user';
import { linkCollection } from './collections';

type Needs = Pick<Deps, 'users' | 'tenants' | 'sessions'> & Readonly<{ store: Store }>;
// One command keeps one reply; changes of several aggregates keep none.
const plain = (ctx: Context): Context => ({ ...ctx, commandId: undefined });
const same = <T>(state: T): T => state;

/** The explicit transactions of this context: registration, and the end of one session. */
export const accounts = ({ store, users, tenants, sessions }: Needs): Accounts => ({
  find: async (ctx, link) => (await store.collection(linkCollection, ctx).find(link))?.userId,
  register: (ctx, { link, userId, tenantId, sessionId, ...what }) =>
    store.transaction(plain(ctx), async (unit) => {
      await unit.collection(linkCollection).insert(link, { userId });
      const user = await users(unit.ctx).create(userId, () => what.user, same);
      const tenant = await tenants(unit.ctx).create(tenantId, () => what.tenant, same);
      const session = await sessions(unit.ctx).create(sessionId, () => what.session, same);
      return { user, tenant, session };
    }),
  endSession: (ctx, sessionId) =>
    store.transaction(plain(ctx), async (unit) => {
      const { userId } = await sessions(unit.ctx).get(sessionId);
      await sessions(unit.ctx).update(sessionId, revoke);
      await users(unit.ctx).update(userId, noteRevoked(userId as UserId, [sessionId]));
    }),
});
