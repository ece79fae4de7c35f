import type { Decision, Id, Instant } from '@gts/kernel';
import { refuse } from './errors';
import type { ShootoutEvent, Visibility } from './events';

export type ShootoutStatus = 'DRAFT' | 'PENDING' | 'PROCESSING' | 'COMPLETED' | 'FAILED';
export type Excerpt = Readonly<{ startMs: number; endMs: number }>;
export type Selection = Readonly<{
  id: Id<'ToneSelection'>;
  signalChainId: Id<'SignalChain'>;
  position: number;
  label: string;
}>;
export type Failure = Readonly<{
  code: string;
  detail?: string | undefined;
  step: string;
  toneId?: Id<'ToneSelection'> | undefined;
  blockId?: Id<'SignalBlock'> | undefined;
}>;

/** Comparison of 2 to 16 tones over one recording. */
export type Shootout = Readonly<{
  title: string;
  description?: string | undefined;
  ownerId: string;
  diTrackId: Id<'DITrack'>;
  excerpt?: Excerpt | undefined;
  inputGainDb: number;
  montageWindowMs?: number | undefined;
  selections: readonly Selection[];
  status: ShootoutStatus;
  visibility: Visibility;
  renderVersion: number;
  runId?: Id<'Run'> | undefined;
  failure?: Failure | undefined;
  manifestVersion?: number | undefined;
  manifestSha256?: string | undefined;
  publishedAt?: Instant | undefined;
  /** Models whose licence forbids publishing; known from finalise on. */
  blockedGearModelIds: readonly Id<'GearModel'>[];
  rerunOf?: Id<'Shootout'> | undefined;
  takenDown: boolean;
}>;
export type ShootoutDecision = Decision<Shootout, ShootoutEvent>;
export type ShootoutId = Id<'Shootout'>;

export type Opened = Pick<
  Shootout,
  'title' | 'description' | 'ownerId' | 'diTrackId' | 'excerpt' | 'inputGainDb' | 'montageWindowMs' | 'selections'
> &
  Readonly<{ visibility: Visibility; rerunOf?: ShootoutId | undefined }>;

/** A new draft; its content was judged before. */
export const openShootout = (shootoutId: ShootoutId, opened: Opened) => (): ShootoutDecision => ({
  state: { ...opened, status: 'DRAFT', renderVersion: 0, blockedGearModelIds: [], takenDown: false },
  events: [{ type: 'Created', shootoutId }],
});

/** @throws SHOOTOUT.SHOOTOUT_NOT_EDITABLE */
export function assertEditable({ status }: Shootout): void {
  if (status !== 'DRAFT' && status !== 'FAILED') throw refuse.SHOOTOUT_NOT_EDITABLE(status);
}

/** The manifest exists and everybody with the address may see it. */
export const isPublished = ({ status, visibility, takenDown, manifestVersion }: Shootout): boolean =>
  status === 'COMPLETED' && manifestVersion !== undefined && visibility !== 'private' && !takenDown;

export const setVisibility =
  (shootoutId: ShootoutId, to: Visibility) =>
  (shootout: Shootout): ShootoutDecision => {
    const { visibility: from, status, blockedGearModelIds } = shootout;
    if (shootout.takenDown) throw refuse.TAKEN_DOWN();
    if (to !== 'private' && status === 'COMPLETED' && blockedGearModelIds.length > 0)
      throw refuse.LICENCE_FORBIDS_PUBLISHING.with({ details: { gearModelIds: blockedGearModelIds } });
    if (from === to) return { state: shootout, events: [] };
    const state = { ...shootout, visibility: to };
    return { state, events: [{ type: 'VisibilityChanged', shootoutId, from, to, published: isPublished(state) }] };
  };

/** @throws SHOOTOUT.SHOOTOUT_BUSY */
export const deleteShootout =
  (shootoutId: ShootoutId) =>
  ({ status }: Shootout): readonly ShootoutEvent[] => {
    if (status === 'PENDING' || status === 'PROCESSING') throw refuse.SHOOTOUT_BUSY();
    return [{ type: 'Deleted', shootoutId }];
  };

export const restoreShootout =
  (shootoutId: ShootoutId) =>
  (state: Shootout): ShootoutDecision => ({ state, events: [{ type: 'Restored', shootoutId }] });
