import { WORKSPACE_LIMITS } from '@gts/contracts';
import type { Context, Instant } from '@gts/kernel';
import { type Change, observing, type Store, sumOf, type Unit } from '@gts/persistence';
import type { DITracks, Shootouts } from '../application/ports';
import type { DITrack } from '../domain/di-track';
import { dayOf, type Usage, use, type Used } from '../domain/usage';
import { shootoutDocuments, trackDocuments, usageDocuments } from './collections';

const ALL = 'all';

type Accounted = Pick<Change<unknown>, 'kind'> & Readonly<{ used: Used }>;

/** One row a workspace, changed in the unit of what it counts. */
const account = (store: Store, ctx: Context, { kind, used }: Accounted): Promise<void> =>
  store.transaction(ctx, async (unit) => {
    const [rows, now] = [unit.collection(usageDocuments), await unit.now()];
    const known = await rows.find(ALL);
    const { meta: _, ...before } = { meta: undefined, ...(known ?? (await uncounted(unit, now))) };
    // All but what is new are told of after they were saved.
    const saved = known !== undefined || kind === 'create' ? {} : used;
    await rows.put(ALL, use(without(before, saved), used, { limits: WORKSPACE_LIMITS, now }));
  });

const without = (usage: Usage, { shootouts = 0, diBytes = 0 }: Used): Usage => ({
  ...usage,
  shootouts: usage.shootouts - shootouts,
  diBytes: usage.diBytes - diBytes,
});

/** What a workspace has that is older than its row. */
async function uncounted(unit: Unit, now: Instant): Promise<Usage> {
  const [shootouts, tracks, day] = [unit.collection(shootoutDocuments), unit.collection(trackDocuments), dayOf(now)];
  return {
    shootouts: await sumOf({ rows: shootouts, index: 'newest' }),
    diBytes: await sumOf({ rows: tracks, index: 'newest' }, bytesOf),
    day,
    tracks: await sumOf({ rows: tracks, index: 'newest', includeDeleted: true }, ({ meta }) =>
      Number(dayOf(meta.createdAt) === day),
    ),
  };
}

const lives = { create: 1, restore: 1, delete: -1, update: 0 } as const;

export const countedShootouts = (store: Store, shootouts: Shootouts): Shootouts =>
  observing(store, shootouts, async ({ kind }, ctx) => {
    if (lives[kind] !== 0) await account(store, ctx, { kind, used: { shootouts: lives[kind] } });
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
    if (used.diBytes !== 0 || used.tracks !== 0) await account(store, ctx, { kind: change.kind, used });
  });
