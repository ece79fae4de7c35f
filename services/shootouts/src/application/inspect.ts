import type { DIInspected, DIRejected, DataOf } from '@gts/contracts';
import { type Clock, type Context, SYSTEM_TENANT } from '@gts/kernel';
import { acceptInspection, giveUpInspection, rejectTrack } from '../domain/di-track';
import { endUpload } from '../domain/upload';
import type { DITracks, Files, Overdue, Uploads } from './ports';

type Deps = Readonly<{ tracks: DITracks; files: Files }>;
type Event<D> = Readonly<{ data: D }>;
type Inspected = DataOf<typeof DIInspected>;
type Rejected = DataOf<typeof DIRejected>;

/** Takes over what rendering found out; the bytes get this context's mark before the state says READY. */
export const takeInspection = ({ tracks, files }: Deps) => ({
  prepare: async ({ data: { audio, playback, waveform } }: Event<Inspected>, ctx: Context): Promise<boolean> =>
    files.keep([audio, playback, waveform], ctx),
  apply: async ({ data: { diTrackId, ...found } }: Event<Inspected>, ctx: Context, kept: boolean): Promise<void> => {
    if (!(await tracks(ctx).find(diTrackId))) return;
    const warnings = found.warnings.map(({ code }) => code);
    const decide = kept
      ? acceptInspection(diTrackId, { ...found, warnings })
      : rejectTrack(diTrackId, { code: 'input.missing', detail: 'the inspected sound is gone: upload it again' });
    await tracks(ctx).update(diTrackId, decide);
  },
});

/** The quarantine is emptied before the state says REJECTED: what is refused stays nowhere. */
export const takeRejection = ({ tracks, files }: Deps) => ({
  prepare: async ({ data: { diTrackId } }: Event<Rejected>, ctx: Context): Promise<void> => {
    const track = await tracks(ctx).find(diTrackId);
    if (track?.status === 'INSPECTING') await files.release([track.whole], ctx);
  },
  apply: async ({ data: { diTrackId, code, detail } }: Event<Rejected>, ctx: Context): Promise<void> => {
    if (!(await tracks(ctx).find(diTrackId))) return;
    await tracks(ctx).update(diTrackId, rejectTrack(diTrackId, { code, ...(detail !== undefined && { detail }) }));
  },
});

type SweepDeps = Deps & Readonly<{ uploads: Uploads; overdue: Overdue; clock: Clock }>;

/** The caller of work that nobody asked for. */
export const ownContext = (tenantId = SYSTEM_TENANT, deadline = Number.MAX_SAFE_INTEGER): Context => ({
  tenantId,
  actor: { kind: 'service', id: 'shootouts' },
  scopes: [],
  correlationId: 'sweep',
  deadline,
});

/** Rejects what nobody inspected within 120 s and ends uploads that took longer than a day. */
export const sweep =
  ({ tracks, files, uploads, overdue, clock }: SweepDeps) =>
  async (): Promise<void> => {
    const now = clock.now();
    for (const { tenantId, diTrackId } of await overdue.inspections(now)) {
      const ctx = ownContext(tenantId);
      const track = await tracks(ctx).find(diTrackId);
      if (!track) continue;
      await files.release([track.whole], ctx);
      await tracks(ctx).update(diTrackId, giveUpInspection(diTrackId, now));
    }
    for (const { tenantId, uploadId } of await overdue.uploads(now)) {
      await uploads(ownContext(tenantId)).update(uploadId, endUpload('EXPIRED'));
    }
  };
