import { WORKSPACE_LIMITS } from '@gts/contracts';
import type { Context } from '@gts/kernel';
import { type Change, observing, type Store } from '@gts/persistence';
import type { DITracks, Shootouts } from '../application/ports';
import type { DITrack } from '../domain/di-track';
import { nothingUsed, use, type Used } from '../domain/usage';
import { usageDocuments } from './collections';

const ALL = 'all';

/** One row a workspace, changed in the unit of what it counts. */
const account = (store: Store, used: Used, ctx: Context): Promise<void> =>
  store.transaction(ctx, async (unit) => {
    const rows = unit.collection(usageDocuments);
    const { meta: _, ...before } = { meta: undefined, ...((await rows.find(ALL)) ?? nothingUsed) };
    await rows.put(ALL, use(before, used, { limits: WORKSPACE_LIMITS, now: await unit.now() }));
  });

const lives = { create: 1, restore: 1, delete: -1, update: 0 } as const;

export const countedShootouts = (store: Store, shootouts: Shootouts): Shootouts =>
  observing(store, shootouts, async ({ kind }, ctx) => {
    if (lives[kind] !== 0) await account(store, { shootouts: lives[kind] }, ctx);
  });

/** A refused recording has no bytes any more. */
const bytesOf = (track: DITrack | undefined): number =>
  track === undefined || track.status === 'REJECTED' ? 0 : track.whole.bytes;
const usedBy = ({ kind, before, after }: Change<DITrack>): Used => ({
  diBytes: bytesOf(after) - bytesOf(before),
  tracks: kind === 'create' ? 1 : 0,
});

export const countedTracks = (store: Store, tracks: DITracks): DITracks =>
  observing(store, tracks, async (change, ctx) => {
    const used = usedBy(change);
    if (used.diBytes !== 0 || used.tracks !== 0) await account(store, used, ctx);
  });
