import type { ChainsSnapshotted, DataOf, GearModelsHeld, RenderJobCompleted, RenderJobStarted } from '@gts/contracts';
import type { Context } from '@gts/kernel';
import { refuse } from '../domain/errors';
import { startRender } from '../domain/run';
import type { Files, RunNotes, Shootouts } from './ports';

type Deps = Readonly<{ shootouts: Shootouts; runs: RunNotes; files: Files }>;
type Event<D> = Readonly<{ data: D }>;

/** What people see of a run while it goes. */
export const followRun = ({ shootouts, runs, files }: Deps) => ({
  snapshotted: ({ data: { runId } }: Event<DataOf<typeof ChainsSnapshotted>>, ctx: Context): Promise<void> =>
    runs.note(runId, { step: 'hold' }, ctx),
  held: ({ data: { runId } }: Event<DataOf<typeof GearModelsHeld>>, ctx: Context): Promise<void> =>
    runs.note(runId, { step: 'render' }, ctx),
  started: async ({ data }: Event<DataOf<typeof RenderJobStarted>>, ctx: Context): Promise<void> => {
    const { shootoutId, runId } = data;
    if (!(await shootouts(ctx).find(shootoutId))) return;
    await shootouts(ctx).update(shootoutId, startRender(shootoutId, runId));
  },
  /** Whoever stores a reference keeps it: before the manifest names the files they carry this context's mark. */
  keepOutputs: async ({ data }: Event<DataOf<typeof RenderJobCompleted>>, ctx: Context): Promise<void> => {
    const refs = data.tones.flatMap(({ media }) => [media.listen, media.download]);
    if (!(await files.keep(refs, ctx))) throw refuse.FILES_GONE(data.runId);
  },
  rendered: ({ data }: Event<DataOf<typeof RenderJobCompleted>>, ctx: Context): Promise<void> =>
    runs.note(data.runId, { step: 'finalise', rendered: data.rendered, reused: data.reused }, ctx),
});
