import type { DataOf, RevokeSession } from '@gts/contracts';
import type { Context } from '@gts/kernel';
import { refuse } from '../domain/errors';
import { isLive } from '../domain/session';
import type { Deps } from './ports';

/** Ends one session of the caller; a foreign or finished one is not there. */
export const revokeSession =
  ({ sessions, users, accounts, clock }: Deps) =>
  async ({ sessionId }: DataOf<typeof RevokeSession>, ctx: Context): Promise<Record<string, never>> => {
    const session = await sessions(ctx).find(sessionId);
    if (!session || session.userId !== ctx.actor.id) throw refuse.SESSION_NOT_FOUND();
    const { sessionsRevokedAt } = await users(ctx).get(session.userId);
    if (!isLive(session, clock.now(), sessionsRevokedAt)) throw refuse.SESSION_NOT_FOUND();
    await accounts.endSession(ctx, sessionId);
    return {};
  };
