import type { Context, UserId } from '@gts/kernel';
import { revokeAllSessions as revokeAll } from '../domain/user';
import type { Deps } from './ports';

/** Ends every session of the caller, this one too. */
export const revokeAllSessions =
  ({ users, clock }: Deps) =>
  async (_: unknown, ctx: Context): Promise<Record<string, never>> => {
    const userId = ctx.actor.id as UserId;
    return users(ctx).update(userId, revokeAll(userId, clock.now()), () => ({}));
  };
