import type { Decision, Finding, Id, Instant } from '@gts/kernel';
import { refuse } from './errors';
import type { FileRef } from './file-ref';

export type Channel = 'left' | 'right' | 'mix';
export type Riff = Readonly<{
  riffId: Id<'Riff'>;
  label: string;
  startMs: number;
  endMs: number;
  bars?: number | undefined;
  bpm?: number | undefined;
}>;
type Level = number | null;

/** What rendering found out about a recording. */
export type Inspection = Readonly<{
  audio: FileRef;
  playback: FileRef;
  waveform: FileRef;
  frames: number;
  channel: Channel;
  levels: Readonly<{ integratedLufs: Level; rmsDbfs: Level; truePeakDbtp: Level; clippedSamples: number }>;
  sourceFormat: Readonly<{ container: string; codec: string; sampleRate: number; channels: number; bits: number }>;
  warnings: readonly string[];
}>;

/** What people say about a recording. */
export type About = Readonly<{
  description?: string | undefined;
  guitar?: string | undefined;
  pickup?: string | undefined;
  tuning?: string | undefined;
  artist?: string | undefined;
}>;

export type DITrack = About &
  Readonly<{
    name: string;
    status: 'INSPECTING' | 'READY' | 'REJECTED';
    rejection?: Readonly<{ code: string; detail?: string | undefined }> | undefined;
    sourceSha256: string;
    /** The same while the track may be used: what makes a file unique in its workspace. */
    sourceKey: string | null;
    whole: FileRef;
    channel?: Channel | undefined;
    inspectBy: Instant;
    inspection?: Inspection | undefined;
    riffs: readonly Riff[];
    sharing: 'PRIVATE' | 'POOL';
    allowDownload: boolean;
  }>;

export type DITrackEvent = Readonly<
  { diTrackId: Id<'DITrack'> } & (
    | { type: 'TrackCreated'; whole: FileRef; channel?: Channel | undefined }
    | { type: 'TrackReady'; durationMs: number }
    | { type: 'TrackRejected'; code: string }
    | { type: 'TrackUpdated' }
    | { type: 'TrackDeleted' }
    | { type: 'TrackRestored' }
  )
>;
type TrackDecision = Decision<DITrack, DITrackEvent>;
type TrackId = Id<'DITrack'>;

const FRAMES_PER_MS = 48;
/** Canonical audio is 48 kHz. */
export const durationMsOf = (frames: number): number => Math.round(frames / FRAMES_PER_MS);

type Opened = About & Pick<DITrack, 'name' | 'channel' | 'whole' | 'inspectBy'>;

export const openTrack = (diTrackId: TrackId, opened: Opened) => (): TrackDecision => {
  const { sha256 } = opened.whole;
  const rest = { riffs: [], sharing: 'PRIVATE', allowDownload: false, status: 'INSPECTING' } as const;
  const { whole, channel } = opened;
  return {
    state: { ...opened, ...rest, sourceSha256: sha256, sourceKey: sha256 },
    events: [{ type: 'TrackCreated', diTrackId, whole, ...(channel && { channel }) }],
  };
};

const unchanged = (state: DITrack): TrackDecision => ({ state, events: [] });

/** A late answer is ignored: the sweep may have rejected the track already. */
export const acceptInspection =
  (diTrackId: TrackId, inspection: Inspection) =>
  (track: DITrack): TrackDecision => {
    if (track.status !== 'INSPECTING') return unchanged(track);
    const durationMs = durationMsOf(inspection.frames);
    return {
      state: { ...track, status: 'READY', inspection },
      events: [{ type: 'TrackReady', diTrackId, durationMs }],
    };
  };

export const rejectTrack =
  (diTrackId: TrackId, rejection: NonNullable<DITrack['rejection']>) =>
  (track: DITrack): TrackDecision => {
    if (track.status !== 'INSPECTING') return unchanged(track);
    return {
      state: { ...track, status: 'REJECTED', sourceKey: null, rejection },
      events: [{ type: 'TrackRejected', diTrackId, code: rejection.code }],
    };
  };

const INSPECTION_TIMEOUT = { code: 'di.inspection_timeout', detail: 'no answer within 120 s: upload it again' };

/** Nobody answered in time. */
export const giveUpInspection =
  (diTrackId: TrackId, now: Instant) =>
  (track: DITrack): TrackDecision =>
    now < track.inspectBy ? unchanged(track) : rejectTrack(diTrackId, INSPECTION_TIMEOUT)(track);

type Change<T, Cleared> = { readonly [K in keyof T]?: T[K] | Cleared | undefined };
export type TrackChange = Change<About, null> &
  Change<Pick<DITrack, 'name' | 'riffs' | 'sharing' | 'allowDownload'>, never>;

function riffFindings(riffs: readonly Riff[], track: DITrack): Finding[] {
  const end = track.inspection ? durationMsOf(track.inspection.frames) : 0;
  return riffs.flatMap(({ startMs, endMs }, index) =>
    startMs < endMs && endMs <= end
      ? []
      : [
          {
            code: 'riff-invalid',
            pointer: `/riffs/${index}`,
            detail: 'start before end, end within the recording',
            limit: end,
          },
        ],
  );
}

/** Changes words, riffs and sharing; null clears. */
export const changeTrack =
  (diTrackId: TrackId, change: TrackChange) =>
  (track: DITrack): TrackDecision => {
    const errors = riffFindings(change.riffs ?? [], track);
    if (errors.length > 0) throw refuse.RIFF_INVALID.with({ details: { errors } });
    const given = Object.entries(change).filter(([, value]) => value !== undefined);
    const merged = Object.entries({ ...track, ...Object.fromEntries(given) }).filter(
      ([key, value]) => value !== null || key === 'sourceKey',
    );
    return { state: Object.fromEntries(merged) as DITrack, events: [{ type: 'TrackUpdated', diTrackId }] };
  };

export const restoreTrack =
  (diTrackId: TrackId) =>
  (track: DITrack): TrackDecision => ({ state: track, events: [{ type: 'TrackRestored', diTrackId }] });
