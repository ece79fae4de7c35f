import type { ArtefactStore } from '@gts/artefacts';
import type { Clock, Context, Id, Instant, NewId, Page } from '@gts/kernel';
import type { Repositories, UpdateOptions } from '@gts/persistence';
import type { GearEvent, GearModelEvent } from '../domain/events';
import type { Gear, GearChange } from '../domain/gear';
import type { Format } from '../domain/vocabulary';
import type { GearModel, Inspection } from '../domain/gear-model';
import type { GearHold } from '../domain/hold';
import type { Wanted } from '../domain/search-terms';
import type { ShownGear } from './shown';

export type Sort = 'newest' | 'name' | 'mostUsed';
export type Found = Readonly<{ gearId: string; tenantId: Context['tenantId']; key: string }>;

/** The search read model of one workspace, in order of a sort key that no two rows share. */
export interface SearchIndex {
  /** Matching rows beyond `after`, page by page until the asker has enough. */
  rows(
    ctx: Context,
    search: Readonly<{ wanted: Wanted; sort: Sort; after: string | undefined; includeDeleted: boolean }>,
  ): AsyncIterable<Found>;
}

export type NewGear = Readonly<{
  gearId: Id<'Gear'>;
  gearModelId: Id<'GearModel'>;
  gear: Omit<Gear, 'slug' | 'make' | 'tags' | 'sourceKey'>;
  makeName: string | undefined;
  tagNames: readonly string[];
  file: Readonly<{ sha256: string; bytes: number }>;
  inspection: Inspection;
  /** The upload that brought the file; it ends here. */
  staged?: string | undefined;
}>;
export type NamedChange = Omit<GearChange, 'make' | 'tags'> &
  Readonly<{ makeName?: string | null | undefined; tagNames?: readonly string[] | undefined }>;

/** Writes that touch gear, its models and the search index together: one transaction each. */
export interface Catalogue {
  /** @throws GEAR.DUPLICATE_FILE, GEAR.LIMIT_REACHED; STORE.DUPLICATE_KEY for a source record that is there */
  add<R>(ctx: Context, gear: NewGear, reply: (shown: ShownGear) => R): Promise<R>;
  change<R>(
    ctx: Context,
    target: Readonly<{ gearId: Id<'Gear'>; change: NamedChange }> & UpdateOptions,
    reply: (shown: ShownGear) => R,
  ): Promise<R>;
  remove(ctx: Context, target: Readonly<{ gearId: Id<'Gear'> }> & UpdateOptions): Promise<void>;
}

export type StagedFile = Readonly<{ sha256: string; bytes: number; expiresAt: Instant }>;

/** Files that people uploaded and nothing uses yet. */
export interface StagedFiles {
  find(ctx: Context, sha256: string): Promise<StagedFile | undefined>;
  put(ctx: Context, file: StagedFile): Promise<void>;
  /** Forgets the upload; true when nothing else refers to the bytes. */
  drop(ctx: Context, sha256: string): Promise<boolean>;
  /** Forgets what expired; answers the hashes that nothing refers to any more. */
  expire(now: Instant): Promise<readonly string[]>;
  /** The key of the caller's upload. */
  keyOf(ctx: Context, sha256: string): string;
}

/** Promises to runs. Called inside the unit of a message. */
export interface Holds {
  find(ctx: Context, runId: string): Promise<GearHold | undefined>;
  put(ctx: Context, runId: string, hold: GearHold): Promise<void>;
  /** Releases what was held too long. */
  expire(now: Instant): Promise<void>;
}

/** How many chains use which model. */
export interface Uses {
  counts(ctx: Context, gearModelIds: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** What one chain uses from now on; inside the unit of a message. */
  note(ctx: Context, chain: Readonly<{ chainId: string; gearModelIds: readonly string[] }>): Promise<void>;
  /** A deleted chain uses nothing, a restored one what it used before. */
  setActive(ctx: Context, chainId: string, active: boolean): Promise<void>;
}

export type LabelKind = 'tag' | 'make';
export interface Labels {
  page(
    ctx: Context,
    query: Readonly<{ kind: LabelKind | undefined; limit: number; cursor: string | undefined }>,
  ): Promise<Page<Readonly<{ id: string; kind: LabelKind; name: string; slug: string }>>>;
}

/** Validates a file outside the event loop. @throws the codes of audio.md §5 */
export type Inspect = (format: Format, bytes: Uint8Array) => Promise<Inspection>;

export type DemoFile = Readonly<{
  kind: 'capture' | 'ir';
  title: string;
  sha256: string;
  gearType: Gear['gearType'];
  tag: string | undefined;
  description: string | undefined;
  licence: string;
  read: () => Promise<Uint8Array>;
}>;
/** The demo pack; empty when there is none. */
export type DemoPack = () => Promise<readonly DemoFile[]>;

export type Deps = Readonly<{
  gears: Repositories<Gear, GearEvent>;
  models: Repositories<GearModel, GearModelEvent>;
  catalogue: Catalogue;
  index: SearchIndex;
  staged: StagedFiles;
  holds: Holds;
  uses: Uses;
  labels: Labels;
  artefacts: Pick<ArtefactStore, 'put' | 'stat' | 'read' | 'keep' | 'delete'>;
  inspect: Inspect;
  demoPack: DemoPack;
  clock: Clock;
  newId: NewId;
}>;
