import type { DataOf, GetPublicProfiles, ListApiTokens, ListSessions, ListTenants, ReplyOf } from '@gts/contracts';
import type { Context } from '@gts/kernel';
import { isLive } from '../domain/session';
import { liveTokens } from './api-tokens';
import type { Deps } from './ports';
import { sessionView, tenantView, tokenView } from './views';

/** Where the caller is signed in, newest first. A page leaves out what expired, so it may be short. */
export const listSessions =
  ({ sessions, users, clock }: Deps) =>
  async (
    { limit, cursor, sessionId }: DataOf<typeof ListSessions>,
    ctx: Context,
  ): Promise<ReplyOf<typeof ListSessions>> => {
    const { sessionsRevokedAt } = await users(ctx).get(ctx.actor.id);
    const since = sessionsRevokedAt === null ? {} : { startedAt: { gt: sessionsRevokedAt } };
    const where = { userId: ctx.actor.id, revoked: false, ...since };
    const page = await sessions(ctx).query({ index: 'byUser', where, order: 'desc', limit, after: cursor });
    const now = clock.now();
    const live = page.items.filter((each) => isLive(each, now, sessionsRevokedAt));
    return { items: live.map((each) => sessionView(each, sessionId)), next: page.next };
  };

/** The workspaces of the caller: in this release the personal one. */
export const listTenants =
  ({ users, tenants }: Deps) =>
  async (_: DataOf<typeof ListTenants>, ctx: Context): Promise<ReplyOf<typeof ListTenants>> => {
    const { personalTenantId } = await users(ctx).get(ctx.actor.id);
    return { items: [tenantView(await tenants(ctx).get(personalTenantId), ctx.actor.id)], next: null };
  };

/** The live API tokens of the caller; they fit one page. */
export const listApiTokens =
  (deps: Deps) =>
  async (_: DataOf<typeof ListApiTokens>, ctx: Context): Promise<ReplyOf<typeof ListApiTokens>> => ({
    items: (await liveTokens(deps, ctx, deps.clock.now())).map(tokenView),
    next: null,
  });

/** Names for other contexts to show. */
export const getPublicProfiles =
  ({ users }: Deps) =>
  async ({ userIds }: DataOf<typeof GetPublicProfiles>, ctx: Context): Promise<ReplyOf<typeof GetPublicProfiles>> => {
    const items = [];
    for (const userId of new Set(userIds)) {
      const user = await users(ctx).find(userId);
      if (user) items.push({ userId, displayName: user.displayName, avatarKey: null });
    }
    return { items };
  };
