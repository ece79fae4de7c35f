import type { DataOf, GetMe, GetPrincipal, ReplyOf } from '@gts/contracts';
import { type Context, isGuest } from '@gts/kernel';
import { storeErrors } from '@gts/persistence';
import { roleOf } from '../domain/tenant';
import type { Deps } from './ports';
import { tenantView, userView } from './views';

const nobody = { user: null, tenant: null, role: null };

/** The caller with the selected workspace; nothing for a guest. */
export const getPrincipal =
  ({ users, tenants }: Deps) =>
  async (_: unknown, ctx: Context): Promise<ReplyOf<typeof GetPrincipal>> => {
    if (isGuest(ctx) || ctx.actor.kind !== 'user') return nobody;
    const user = await users(ctx).find(ctx.actor.id);
    if (!user) return nobody;
    const tenant = await tenants(ctx).get(ctx.tenantId);
    return {
      user: userView(user),
      tenant: tenantView(tenant, ctx.actor.id),
      role: roleOf(tenant, ctx.actor.id) ?? null,
    };
  };

export const getMe =
  ({ users }: Deps) =>
  async ({ minEventSeq = 0 }: DataOf<typeof GetMe>, ctx: Context): Promise<ReplyOf<typeof GetMe>> => {
    const user = await users(ctx).get(ctx.actor.id);
    if (user.meta.eventSeq < minEventSeq) throw storeErrors.PROJECTION_LAG('users');
    return userView(user);
  };
