import { type CreateApiToken, type DataOf, type ReplyOf, type RevokeApiToken, WORKSPACE_LIMITS } from '@gts/contracts';
import type { Context, Instant, UserId } from '@gts/kernel';
import type { Stored } from '@gts/persistence';
import { type ApiToken, createToken, isLiveToken, revokeToken } from '../domain/api-token';
import { refuse } from '../domain/errors';
import { isFresh, isLive } from '../domain/session';
import type { Deps } from './ports';
import { tokenView } from './views';

const { apiTokens: MOST_TOKENS } = WORKSPACE_LIMITS;

/** Live tokens of a person, newest first. */
export async function liveTokens({ tokens }: Deps, ctx: Context, now: Instant): Promise<readonly Stored<ApiToken>[]> {
  const where = { userId: ctx.actor.id, revoked: false, expiresAt: { gt: now } };
  const { items } = await tokens(ctx).query({ index: 'byUser', where, limit: MOST_TOKENS + 1 });
  return items.filter((token) => isLiveToken(token, now)).toSorted((a, b) => (a.madeAt < b.madeAt ? 1 : -1));
}

async function assertFresh({ sessions, users, clock }: Deps, ctx: Context, sessionId: string): Promise<boolean> {
  const user = await users(ctx).get(ctx.actor.id);
  const session = await sessions(ctx).find(sessionId);
  const now = clock.now();
  const usable = session?.userId === ctx.actor.id && isLive(session, now, user.sessionsRevokedAt);
  if (!usable || !isFresh(session, now)) throw refuse.REAUTHENTICATION_REQUIRED();
  return user.isAdmin;
}

/** Keeps the hash of a new API token; its text never comes here. */
export const createApiToken =
  (deps: Deps) =>
  async (
    { sessionId, ...asked }: DataOf<typeof CreateApiToken>,
    caller: Context,
  ): Promise<ReplyOf<typeof CreateApiToken>> => {
    const isAdmin = await assertFresh(deps, caller, sessionId);
    const at = deps.clock.now();
    const tokenId = deps.newId<'ApiToken'>();
    const request = { ...asked, userId: caller.actor.id as UserId };
    return deps.together(caller, async (ctx) => {
      const live = (await liveTokens(deps, ctx, at)).length;
      return deps
        .tokens(ctx)
        .create(tokenId, () => createToken(request, { tokenId, at, live, most: MOST_TOKENS, isAdmin }), tokenView);
    });
  };

export const revokeApiToken =
  ({ tokens }: Deps) =>
  async ({ tokenId }: DataOf<typeof RevokeApiToken>, ctx: Context): Promise<Record<string, never>> => {
    if (!(await tokens(ctx).find(tokenId))) throw refuse.TOKEN_NOT_FOUND();
    return tokens(ctx).update(tokenId, revokeToken(tokenId, ctx.actor.id), () => ({}));
  };
