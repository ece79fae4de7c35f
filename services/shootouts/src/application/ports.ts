import type { Context, Id, Instant, Page, TenantId } from '@gts/kernel';
import type { Repositories, Stored } from '@gts/persistence';
import type { DITrack, DITrackEvent } from '../domain/di-track';
import type { Enrichment, EnrichmentEvent } from '../domain/enrichment';
import type { ShootoutEvent } from '../domain/events';
import type { FileRef } from '../domain/file-ref';
import type { ChainLookup } from '../domain/findings';
import type { Medium } from '../domain/manifest';
import type { Visibility } from '../domain/events';
import type { Shootout, ShootoutId, ShootoutStatus } from '../domain/shootout';
import type { Upload, UploadEvent } from '../domain/upload';

export type Shootouts = Repositories<Shootout, ShootoutEvent>;
export type DITracks = Repositories<DITrack, DITrackEvent>;
export type Enrichments = Repositories<Enrichment, EnrichmentEvent>;
export type Uploads = Repositories<Upload, UploadEvent>;

/** Runs `work` in one transaction: everything it does with the ctx it gets is saved together or not at all. */
export type Together = <R>(ctx: Context, work: (ctx: Context) => Promise<R>) => Promise<R>;

/** Bytes by their hash. */
export type Bytes = Pick<FileRef, 'sha256'>;

/** The marks of this context on stored bytes; never inside a unit. */
export interface Files {
  keep(refs: readonly Bytes[], ctx: Context): Promise<boolean>;
  release(refs: readonly Bytes[], ctx: Context): Promise<void>;
}

/** Who needs which bytes; `hold` and `letGo` in the unit of whatever holds them. */
export interface Holders {
  hold(holder: string, refs: readonly Bytes[], ctx: Context): Promise<void>;
  letGo(holder: string, refs: readonly Bytes[], ctx: Context): Promise<void>;
  heldBy(holder: string, ctx: Context): Promise<readonly Bytes[]>;
  /** Whether nobody but `but` needs them. */
  isFree(sha256: string, but: string, ctx: Context): Promise<boolean>;
}

/** What this context knows about chains, as the workspace of `ctx` sees them. */
export interface ChainCatalogue {
  /** Asks signal-chains once about those that did not arrive here yet; not inside a unit. */
  lookup(ids: readonly Id<'SignalChain'>[], ctx: Context): Promise<ChainLookup>;
}
export type ChainNote = Readonly<{ name: string; status: 'DRAFT' | 'READY' | 'BROKEN'; deleted: boolean }>;
/** The copy of signal-chains; written inside the consumer's unit only. */
export interface ChainNotes {
  note(chainId: Id<'SignalChain'>, note: Partial<ChainNote>, ctx: Context): Promise<void>;
}

export type TrackBySource = (sha256: string, ctx: Context) => Promise<Stored<DITrack> | undefined>;
export type ActiveRuns = (ctx: Context) => Promise<number>;

/** The shootout that a run belongs to, unless it is gone or has another run by now. */
export type ShootoutOfRun = (
  runId: Id<'Run'>,
  ctx: Context,
) => Promise<Readonly<{ id: ShootoutId; shootout: Shootout }> | undefined>;

export type RunStep = 'snapshot' | 'hold' | 'render' | 'finalise' | 'done';
export type RunNote = Readonly<{
  step: RunStep;
  rendered?: number | undefined;
  reused?: number | undefined;
  /** Whether every file of the result carries this context's mark. */
  outputs?: 'kept' | 'missing' | undefined;
  /** When the run came to its end. */
  endedAt?: Instant | undefined;
}>;
/** How far the runs of a workspace are; what comes late never turns a step back. */
export interface RunNotes {
  note(runId: Id<'Run'>, note: RunNote, ctx: Context): Promise<void>;
  find(runId: Id<'Run'>, ctx: Context): Promise<RunNote | undefined>;
}

/** What rendering says about a run; absent while it cannot be asked. */
export type RenderState = Readonly<{
  percent: number;
  queuePosition: number | null;
  etaSeconds: number | null;
  tones: readonly Readonly<{ toneId: Id<'ToneSelection'>; stage: string; percent: number; cached: boolean }>[];
}>;
export type AskRendering = (runId: Id<'Run'>, ctx: Context) => Promise<RenderState | undefined>;

/** A manifest as it is kept: the very text that its hash covers. */
export type ManifestRow = Readonly<{ canonical: string; manifestSha256: string }>;
export type MediaRow = Readonly<Medium & { ownerTenantId: TenantId; shootoutId: ShootoutId }>;
/** Insert only. */
export interface Manifests {
  insert(at: ManifestKey, row: ManifestRow, media: readonly Medium[]): Promise<void>;
  /** Addresses of what was made beside a manifest. */
  addMedia(at: ManifestKey, media: readonly Medium[]): Promise<void>;
  find(at: ManifestKey): Promise<ManifestRow | undefined>;
  medium(mediaKey: string, ctx: Context): Promise<MediaRow | undefined>;
}
export type ManifestKey = Readonly<{ shootoutId: ShootoutId; manifestVersion: number; ctx: Context }>;

/** A line of the public index: where a finished shootout lives and what lists show of it. */
export type PublicRow = Readonly<{
  ownerTenantId: TenantId;
  visibility: Visibility;
  deleted: boolean;
  title: string;
  labels: readonly string[];
  durationMs: number;
  manifestVersion: number;
  publishedAt: Instant;
  gearModelIds: readonly Id<'GearModel'>[];
}>;
export type PublicFilter = Readonly<{ limit: number; cursor?: string | undefined; gearModelId?: string | undefined }>;
export interface PublicIndex {
  put(shootoutId: ShootoutId, row: PublicRow, ctx: Context): Promise<void>;
  change(shootoutId: ShootoutId, part: Partial<PublicRow>, ctx: Context): Promise<void>;
  find(shootoutId: ShootoutId, ctx: Context): Promise<PublicRow | undefined>;
  newest(filter: PublicFilter, ctx: Context): Promise<Page<PublicRow & { shootoutId: ShootoutId }>>;
}

type Paging = Readonly<{ limit: number; cursor?: string | undefined; includeDeleted?: boolean | undefined }>;
export type ShootoutFilter = Paging &
  Readonly<{ status?: ShootoutStatus | undefined; visibility?: Visibility | undefined; q?: string | undefined }>;
export type ListShootouts = (filter: ShootoutFilter, ctx: Context) => Promise<Page<Stored<Shootout>>>;
export type TrackFilter = Paging & Readonly<{ sha256?: string | undefined }>;
export type ListTracks = (filter: TrackFilter, ctx: Context) => Promise<Page<Stored<DITrack>>>;

/** What has waited too long, of every workspace. */
export interface Overdue {
  inspections(now: Instant): Promise<readonly OverdueTrack[]>;
  uploads(now: Instant): Promise<readonly OverdueUpload[]>;
  /** What is there no more, or waits no more. */
  forget(id: string): Promise<void>;
}
export type OverdueTrack = Readonly<{ tenantId: TenantId; diTrackId: Id<'DITrack'> }>;
export type OverdueUpload = Readonly<{ tenantId: TenantId; uploadId: Id<'Upload'> }>;
