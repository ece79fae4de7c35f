import type { diTrack, shootout, upload } from '@gts/contracts';
import type { Id } from '@gts/kernel';
import type { DocumentMeta, Stored } from '@gts/persistence';
import type { z } from 'zod';
import { type DITrack, durationMsOf } from '../domain/di-track';
import type { Shootout } from '../domain/shootout';
import type { Upload } from '../domain/upload';

const baseOf = <K extends string>({ id, version, eventSeq, createdAt, updatedAt }: DocumentMeta) => ({
  id: id as Id<K>,
  version,
  eventSeq,
  createdAt,
  updatedAt,
});

export function uploadView(stored: Stored<Upload>): z.output<typeof upload> {
  const { meta, userId: _, chunks, ...rest } = stored;
  return { ...baseOf<'Upload'>(meta), ...rest, chunks: [...chunks] };
}

type TrackView = z.output<typeof diTrack>;

export function trackView({
  meta,
  whole: _w,
  sourceKey: _k,
  inspectBy: _b,
  inspection,
  ...track
}: Stored<DITrack>): TrackView {
  const { audio: _a, playback: _p, warnings = [], ...found } = inspection ?? {};
  return {
    ...baseOf<'DITrack'>(meta),
    ...track,
    riffs: [...track.riffs],
    ...found,
    ...(inspection && { durationMs: durationMsOf(inspection.frames) }),
    warnings: [...warnings] as TrackView['warnings'],
  };
}

const stepOf = ({ status, failure }: Shootout): string => {
  if (status === 'FAILED') return failure?.step ?? 'start';
  return status === 'COMPLETED' ? 'done' : status === 'PROCESSING' ? 'render' : 'queued';
};

export function shootoutView({ meta, ...state }: Stored<Shootout>): z.output<typeof shootout> {
  const { ownerId: _o, runId, blockedGearModelIds, publishedAt: _p, manifestSha256: _s, ...rest } = state;
  return {
    ...baseOf<'Shootout'>(meta),
    ...rest,
    selections: rest.selections.map((each) => ({ ...each })),
    ...(runId !== undefined && { run: { runId, step: stepOf(state) } }),
    ...(blockedGearModelIds.length > 0 && { publishBlocked: { gearModelIds: [...blockedGearModelIds] } }),
  };
}
