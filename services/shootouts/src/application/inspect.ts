import type { DIInspected, DIRejected, DataOf } from '@gts/contracts';
import { type Clock, type Context, serviceContext, SYSTEM_TENANT } from '@gts/kernel';
import { acceptInspection, giveUpInspection, rejectTrack } from '../domain/di-track';
import { endUpload } from '../domain/upload';
import type { DITracks, Overdue, OverdueTrack, OverdueUpload, Together, Uploads } from './ports';
import { type ReleaseDeps, releaseFree } from './release';

type Deps = ReleaseDeps & Readonly<{ tracks: DITracks }>;
type Event<D> = Readonly<{ data: D }>;
type Inspected = DataOf<typeof DIInspected>;
type Rejected = DataOf<typeof DIRejected>;

/** Takes over what rendering found out; the bytes get this context's mark before the state says READY. */
export const takeInspection = ({ tracks, files, holders }: Deps) => ({
  prepare: async ({ data: { audio, playback, waveform } }: Event<Inspected>, ctx: Context): Promise<boolean> =>
    files.keep([audio, playback, waveform], ctx),
  apply: async ({ data: { diTrackId, ...found } }: Event<Inspected>, ctx: Context, kept: boolean): Promise<void> => {
    if (!(await tracks(ctx).find(diTrackId))) return;
    const warnings = found.warnings.map(({ code }) => code);
    const decide = kept
      ? acceptInspection(diTrackId, { ...found, warnings })
      : rejectTrack(diTrackId, { code: 'input.missing', detail: 'the inspected sound is gone: upload it again' });
    const { audio, playback, waveform } = found;
    if (kept) await holders.hold(diTrackId, [audio, playback, waveform], ctx);
    await tracks(ctx).update(diTrackId, decide);
  },
});

/** The quarantine is emptied before the state says REJECTED: what is refused stays nowhere. */
export const takeRejection = (deps: Deps) => ({
  prepare: async ({ data: { diTrackId } }: Event<Rejected>, ctx: Context): Promise<void> => {
    const track = await deps.tracks(ctx).find(diTrackId);
    if (track?.status === 'INSPECTING') await releaseFree(deps)(diTrackId, [track.whole], ctx);
  },
  apply: async ({ data: { diTrackId, code, detail } }: Event<Rejected>, ctx: Context): Promise<void> => {
    const track = await deps.tracks(ctx).find(diTrackId);
    if (track?.status !== 'INSPECTING') return;
    const rejection = { code, ...(detail !== undefined && { detail }) };
    await deps.holders.letGo(diTrackId, [track.whole], ctx);
    await deps.tracks(ctx).update(diTrackId, rejectTrack(diTrackId, rejection));
  },
});

/** The caller of work that nobody asked for. */
export const ownContext = (tenantId = SYSTEM_TENANT, deadline?: number): Context => ({
  ...serviceContext('shootouts', 'sweep', deadline),
  tenantId,
});

type SweepDeps = Deps &
  Readonly<{
    uploads: Uploads;
    overdue: Overdue;
    together: Together;
    clock: Clock;
    /** One thing that cannot be ended holds up no other. */
    sweepFailed: (error: unknown) => void;
  }>;

async function giveUp(deps: SweepDeps, { tenantId, diTrackId }: OverdueTrack): Promise<void> {
  const ctx = ownContext(tenantId);
  const track = await deps.tracks(ctx).find(diTrackId);
  if (track?.status !== 'INSPECTING') return deps.overdue.forget(diTrackId);
  await releaseFree(deps)(diTrackId, [track.whole], ctx);
  await deps.together(ctx, async (unitCtx) => {
    await deps.holders.letGo(diTrackId, [track.whole], unitCtx);
    await deps.tracks(unitCtx).update(diTrackId, giveUpInspection(diTrackId, deps.clock.now()));
  });
}

async function expire({ uploads, overdue }: SweepDeps, { tenantId, uploadId }: OverdueUpload): Promise<void> {
  const ctx = ownContext(tenantId);
  const upload = await uploads(ctx).find(uploadId);
  if (upload?.status !== 'OPEN') return overdue.forget(uploadId);
  await uploads(ctx).update(uploadId, endUpload('EXPIRED'));
}

/** Rejects what nobody inspected within 120 s and ends uploads that took longer than a day. */
export const sweep = (deps: SweepDeps) => async (): Promise<void> => {
  const now = deps.clock.now();
  for (const each of await deps.overdue.inspections(now)) await giveUp(deps, each).catch(deps.sweepFailed);
  for (const each of await deps.overdue.uploads(now)) await expire(deps, each).catch(deps.sweepFailed);
};
