import { type CancelRender, type DataOf, type RenderShootout, type ReplyOf, WORKSPACE_LIMITS } from '@gts/contracts';
import type { Context, Id, NewId } from '@gts/kernel';
import { refuse } from '../domain/errors';
import { cancelRender as cancel, requestRender } from '../domain/run';
import type { ActiveRuns, ChainCatalogue, DITracks, Shootouts, Together } from './ports';
import { shootoutView } from './views';

type Deps = Readonly<{
  shootouts: Shootouts;
  tracks: DITracks;
  chains: ChainCatalogue;
  activeRuns: ActiveRuns;
  together: Together;
  newId: NewId;
}>;
type Reply = ReplyOf<typeof RenderShootout>;
const RETRY_MS = 30_000;
const { activeRuns: MOST_RUNS } = WORKSPACE_LIMITS;

/** Starts the saga: one event carries all that its steps need. */
export const renderShootout =
  ({ shootouts, tracks, chains, activeRuns, together, newId }: Deps) =>
  async ({ shootoutId }: DataOf<typeof RenderShootout>, caller: Context): Promise<Reply> => {
    const { selections, diTrackId, status } = await shootouts(caller).get(shootoutId);
    if (status !== 'DRAFT' && status !== 'FAILED') throw refuse.SHOOTOUT_NOT_RENDERABLE(status);
    const lookup = await chains.lookup(
      selections.map(({ signalChainId }) => signalChainId),
      caller,
    );
    const inspection = (await tracks(caller).find(diTrackId))?.inspection;
    const di = inspection && { audio: inspection.audio, frames: inspection.frames };
    const runId = newId<'Run'>();
    const actorUserId = caller.actor.id as Id<'User'>;
    const decide = requestRender(shootoutId, { runId, actorUserId, chains: lookup, di });
    return together(caller, async (ctx) => {
      if ((await activeRuns(ctx)) >= MOST_RUNS)
        throw refuse.QUOTA_EXCEEDED.with({ retryAfterMs: RETRY_MS }, `at most ${MOST_RUNS} runs at once`);
      return shootouts(ctx).update(shootoutId, decide, shootoutView);
    });
  };

export const cancelRender =
  ({ shootouts }: Pick<Deps, 'shootouts'>) =>
  ({ shootoutId }: DataOf<typeof CancelRender>, ctx: Context): Promise<Reply> =>
    shootouts(ctx).update(shootoutId, cancel(shootoutId), shootoutView);
