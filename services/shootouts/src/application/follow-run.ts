import type {
  ChainsSnapshotted,
  DataOf,
  GearModelsHeld,
  RenderJobCompleted,
  RenderJobStarted,
  ShootoutFailed,
} from '@gts/contracts';
import type { Context } from '@gts/kernel';
import { startRender } from '../domain/run';
import type { Bytes, Files, Holders, RunNotes, Shootouts } from './ports';
import { releaseFree } from './release';

type Deps = Readonly<{ shootouts: Shootouts; runs: RunNotes; files: Files; holders: Holders }>;
type Event<D> = Readonly<{ data: D }>;

/** What people see of a run while it goes. */
export const followRun = ({ shootouts, runs, files, holders }: Deps) => ({
  snapshotted: ({ data: { runId } }: Event<DataOf<typeof ChainsSnapshotted>>, ctx: Context): Promise<void> =>
    runs.note(runId, { step: 'hold' }, ctx),
  held: ({ data: { runId } }: Event<DataOf<typeof GearModelsHeld>>, ctx: Context): Promise<void> =>
    runs.note(runId, { step: 'render' }, ctx),
  started: async ({ data }: Event<DataOf<typeof RenderJobStarted>>, ctx: Context): Promise<void> => {
    const { shootoutId, runId } = data;
    if (!(await shootouts(ctx).find(shootoutId))) return;
    await shootouts(ctx).update(shootoutId, startRender(shootoutId, runId));
  },
  /** Whoever stores a reference keeps it: the pivot waits until the files carry this context's mark. */
  keepOutputs: ({ data }: Event<DataOf<typeof RenderJobCompleted>>, ctx: Context): Promise<boolean> =>
    files.keep(outputsOf(data), ctx),
  /** A run that failed leaves no file. */
  dropOutputs: async ({ data: { runId } }: Event<DataOf<typeof ShootoutFailed>>, ctx: Context) => {
    const outputs = await holders.heldBy(runId, ctx);
    await releaseFree({ files, holders })(runId, outputs, ctx);
    return outputs;
  },
  failed: ({ data: { runId } }: Event<DataOf<typeof ShootoutFailed>>, ctx: Context, dropped: readonly Bytes[]) =>
    holders.letGo(runId, dropped, ctx),
  rendered: async ({ data }: Event<DataOf<typeof RenderJobCompleted>>, ctx: Context, kept: boolean): Promise<void> => {
    const { runId, rendered, reused } = data;
    if (kept) await holders.hold(runId, outputsOf(data), ctx);
    await runs.note(runId, { step: 'finalise', rendered, reused, outputs: kept ? 'kept' : 'missing' }, ctx);
  },
});

const outputsOf = ({ tones }: DataOf<typeof RenderJobCompleted>) =>
  tones.flatMap(({ media: { listen, download, data, opus } }) => [
    listen,
    download,
    ...(data ? [data] : []),
    ...(opus ? [opus] : []),
  ]);
