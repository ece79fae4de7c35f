import type { DataOf, DeleteShootout, ReplyOf, RestoreShootout, SetVisibility } from '@gts/contracts';
import { type Clock, type Context, epochMsOf, hasCode } from '@gts/kernel';
import { refuse } from '../domain/errors';
import { deleteShootout as remove, restoreShootout as restore, setVisibility as set } from '../domain/shootout';
import type { Shootouts } from './ports';
import { shootoutView } from './views';

const THIRTY_DAYS_MS = 30 * 86_400_000;
type Deps = Readonly<{ shootouts: Shootouts; clock: Clock }>;
type Reply = ReplyOf<typeof SetVisibility>;

export const setVisibility =
  ({ shootouts }: Deps) =>
  ({ shootoutId, expectedVersion, visibility }: DataOf<typeof SetVisibility>, ctx: Context): Promise<Reply> =>
    shootouts(ctx).update(shootoutId, set(shootoutId, visibility), shootoutView, { expectedVersion });

export const deleteShootout =
  ({ shootouts }: Deps) =>
  async ({ shootoutId, expectedVersion }: DataOf<typeof DeleteShootout>, ctx: Context) => {
    await shootouts(ctx).delete(shootoutId, remove(shootoutId), { expectedVersion });
    return {};
  };

export const restoreShootout =
  ({ shootouts, clock }: Deps) =>
  async ({ shootoutId }: DataOf<typeof RestoreShootout>, ctx: Context): Promise<Reply> => {
    const { meta } = await shootouts(ctx).get(shootoutId, { includeDeleted: true });
    if (meta.deletedAt === undefined || clock.epochMs() - epochMsOf(meta.deletedAt) > THIRTY_DAYS_MS)
      throw refuse.RESTORE_REFUSED();
    try {
      return await shootouts(ctx).restore(shootoutId, restore(shootoutId), shootoutView);
    } catch (error) {
      if (hasCode(error, refuse.LIMIT_REACHED.code)) throw refuse.RESTORE_REFUSED.with({ cause: error });
      throw error;
    }
  };
