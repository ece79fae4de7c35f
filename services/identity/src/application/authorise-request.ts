import type { AuthoriseRequest, DataOf, Principal, ReplyOf } from '@gts/contracts';
import type { Context } from '@gts/kernel';
import type { Stored } from '@gts/persistence';
import { isLiveToken, isUseWorthNoting, used } from '../domain/api-token';
import { isLive, isWorthNoting, seen } from '../domain/session';
import { roleOf, type Tenant } from '../domain/tenant';
import { assertActive, type User } from '../domain/user';
import type { Deps } from './ports';

const person = (user: Stored<User>) =>
  ({
    userId: user.meta.id as Principal['userId'],
    displayName: user.displayName,
    isAdmin: user.isAdmin,
  }) as const;

type Choice = Readonly<{ user: Stored<User>; chosen: Principal['tenantId'] }>;

/** The chosen workspace, or the personal one where the person is not a member of it any more. */
async function place({ tenants }: Deps, ctx: Context, { user, chosen }: Choice) {
  const tenant: Tenant | undefined = await tenants(ctx).find(chosen);
  const role = tenant && roleOf(tenant, user.meta.id);
  return role ? { tenantId: chosen, role } : { tenantId: user.personalTenantId, role: 'owner' as const };
}

async function bySession(deps: Deps, ctx: Context, sessionId: string): Promise<Principal | null> {
  const session = await deps.sessions(ctx).find(sessionId);
  if (!session) return null;
  const user = await deps.users(ctx).get(session.userId);
  const now = deps.clock.now();
  if (!isLive(session, now, user.sessionsRevokedAt)) return null;
  assertActive(user);
  const { expiresAt } = isWorthNoting(session, now)
    ? await deps.sessions(ctx).update(sessionId, seen(now), (state) => state)
    : session;
  const where = await place(deps, ctx, { user, chosen: session.activeTenantId });
  return { kind: 'session', ...person(user), ...where, sessionId, expiresAt };
}

async function byToken(deps: Deps, ctx: Context, hash: string): Promise<Principal | null> {
  const { items } = await deps.tokens(ctx).query({ index: 'byHash', where: { hash }, limit: 1 });
  const [token] = items;
  const now = deps.clock.now();
  if (!token || !isLiveToken(token, now)) return null;
  const user = await deps.users(ctx).get(token.userId);
  assertActive(user);
  if (isUseWorthNoting(token, now)) await deps.tokens(ctx).update(token.meta.id, used(now));
  const where = await place(deps, ctx, { user, chosen: user.personalTenantId });
  const { scopes, expiresAt } = token;
  const tokenId = token.meta.id as NonNullable<Principal['tokenId']>;
  return { kind: 'token', ...person(user), ...where, tokenId, scopes: [...scopes], expiresAt };
}

/** Who a credential stands for right now; asked by the gateway at most every 5 s a credential. */
export const authoriseRequest =
  (deps: Deps) =>
  async (
    { kind, credential }: DataOf<typeof AuthoriseRequest>,
    ctx: Context,
  ): Promise<ReplyOf<typeof AuthoriseRequest>> => {
    const find = kind === 'session' ? bySession : byToken;
    return { principal: await find(deps, { ...ctx, commandId: undefined }, credential) };
  };
