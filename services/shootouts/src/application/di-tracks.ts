import type {
  CreateDITrack,
  DataOf,
  DeleteDITrack,
  GetDIAudio,
  GetDITrack,
  ListDITracks,
  ReplyOf,
  RestoreDITrack,
  UpdateDITrack,
} from '@gts/contracts';
import { type Clock, type Context, type Id, type NewId, epochMsOf, hasCode, instantOf } from '@gts/kernel';
import { storeErrors } from '@gts/persistence';
import { changeTrack, openTrack, restoreTrack } from '../domain/di-track';
import { refuse } from '../domain/errors';
import type { FileRef } from '../domain/file-ref';
import { fileName } from '../domain/manifest';
import { completeFile } from '../domain/upload';
import type { DITracks, Files, Holders, ListTracks, Together, TrackBySource, Uploads } from './ports';
import { releaseFree } from './release';
import { trackView } from './views';

const INSPECTION_MS = 120_000;
const THIRTY_DAYS_MS = 30 * 86_400_000;

export type TrackDeps = Readonly<{
  uploads: Uploads;
  tracks: DITracks;
  files: Files;
  holders: Holders;
  trackBySource: TrackBySource;
  listTracks: ListTracks;
  together: Together;
  newId: NewId;
  clock: Clock;
}>;
type TrackReply = ReplyOf<typeof GetDITrack>;

async function uploaded(uploads: Uploads, uploadId: string, ctx: Context): Promise<FileRef> {
  const upload = await uploads(ctx).get(uploadId);
  if (upload.userId !== ctx.actor.id) throw refuse.NOT_FOUND();
  return completeFile(upload);
}

/** Marked before the unit, which is no place for files, and after it, when a release elsewhere can see the holder. */
export const createDITrack =
  (deps: TrackDeps) =>
  async ({ uploadId, ...about }: DataOf<typeof CreateDITrack>, caller: Context): Promise<TrackReply> => {
    const { uploads, files, together, newId } = deps;
    const whole = await uploaded(uploads, uploadId, caller);
    if (!(await files.keep([whole], caller))) throw refuse.UPLOAD_EXPIRED();
    const diTrackId = newId<'DITrack'>();
    try {
      return await together(caller, (ctx) => addTrack(deps, { diTrackId, whole, ...about }, ctx));
    } catch (error) {
      await releaseFree(deps)(diTrackId, [whole], caller);
      throw error;
    } finally {
      if (!(await deps.holders.isFree(whole.sha256, '', caller))) await files.keep([whole], caller);
    }
  };

type Added = Omit<DataOf<typeof CreateDITrack>, 'uploadId'> & Readonly<{ diTrackId: Id<'DITrack'>; whole: FileRef }>;

async function addTrack(deps: TrackDeps, { diTrackId, ...added }: Added, ctx: Context): Promise<TrackReply> {
  const { tracks, trackBySource, holders, clock } = deps;
  const twin = await trackBySource(added.whole.sha256, ctx);
  if (twin) throw refuse.DUPLICATE_FILE.with({ details: { diTrackId: twin.meta.id } }, twin.name);
  const inspectBy = instantOf(clock.epochMs() + INSPECTION_MS);
  await holders.hold(diTrackId, [added.whole], ctx);
  return tracks(ctx).create(diTrackId, openTrack(diTrackId, { ...added, inspectBy }), trackView);
}

export const updateDITrack =
  ({ tracks, newId }: Pick<TrackDeps, 'tracks' | 'newId'>) =>
  (
    { diTrackId, expectedVersion, riffs, ...change }: DataOf<typeof UpdateDITrack>,
    ctx: Context,
  ): Promise<TrackReply> => {
    const named = riffs?.map(({ riffId = newId<'Riff'>(), ...riff }) => ({ riffId, ...riff }));
    const decide = changeTrack(diTrackId, { ...change, ...(named && { riffs: named }) });
    return tracks(ctx).update(diTrackId, decide, trackView, { expectedVersion });
  };

export const deleteDITrack =
  ({ tracks }: Pick<TrackDeps, 'tracks'>) =>
  async ({ diTrackId, expectedVersion }: DataOf<typeof DeleteDITrack>, ctx: Context) => {
    await tracks(ctx).delete(diTrackId, () => [{ type: 'TrackDeleted', diTrackId }], { expectedVersion });
    return {};
  };

export const restoreDITrack =
  ({ tracks, clock }: Pick<TrackDeps, 'tracks' | 'clock'>) =>
  async ({ diTrackId }: DataOf<typeof RestoreDITrack>, ctx: Context): Promise<TrackReply> => {
    const { meta } = await tracks(ctx).get(diTrackId, { includeDeleted: true });
    if (meta.deletedAt === undefined || clock.epochMs() - epochMsOf(meta.deletedAt) > THIRTY_DAYS_MS)
      throw refuse.RESTORE_REFUSED();
    try {
      return await tracks(ctx).restore(diTrackId, restoreTrack(diTrackId), trackView);
    } catch (error) {
      if (hasCode(error, storeErrors.DUPLICATE_KEY.code) || hasCode(error, refuse.LIMIT_REACHED.code))
        throw refuse.RESTORE_REFUSED.with({ cause: error });
      throw error;
    }
  };

export const listDITracks =
  ({ listTracks }: Pick<TrackDeps, 'listTracks'>) =>
  async (filter: DataOf<typeof ListDITracks>, ctx: Context): Promise<ReplyOf<typeof ListDITracks>> => {
    if (filter.includeDeleted && !ctx.scopes.includes('ops')) throw refuse.NOT_PERMITTED();
    const { items, next } = await listTracks(filter, ctx);
    return { items: items.map(trackView), next };
  };

export const getDITrack =
  ({ tracks }: Pick<TrackDeps, 'tracks'>) =>
  async ({ diTrackId, minEventSeq = 0 }: DataOf<typeof GetDITrack>, ctx: Context): Promise<TrackReply> => {
    const track = await tracks(ctx).get(diTrackId);
    if (track.meta.eventSeq < minEventSeq) throw storeErrors.PROJECTION_LAG('recording');
    return trackView(track);
  };

export const getDIAudio =
  ({ tracks }: Pick<TrackDeps, 'tracks'>) =>
  async ({ diTrackId }: DataOf<typeof GetDIAudio>, ctx: Context): Promise<ReplyOf<typeof GetDIAudio>> => {
    const { inspection, name } = await tracks(ctx).get(diTrackId);
    if (!inspection) throw refuse.DI_NOT_READY();
    return { ref: inspection.playback, filename: fileName(name, '', 'flac') };
  };
