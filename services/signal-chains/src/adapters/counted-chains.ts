import { WORKSPACE_LIMITS } from '@gts/contracts';
import { observing, type Store, sumOf, type Unit } from '@gts/persistence';
import type { Chains } from '../application/ports';
import { refuse } from '../domain/errors';
import { chainDocuments, countDocuments } from './collections';

const ALL = 'all';
const { signalChains: MOST_CHAINS } = WORKSPACE_LIMITS;
const lives = { create: 1, restore: 1, delete: -1, update: 0 } as const;

/** Chains that are older than their count; all but a new one are told of after they were saved. */
const before = async (unit: Unit, saved: number): Promise<number> =>
  (await sumOf({ rows: unit.collection(chainDocuments), index: 'newest' })) - saved;

/** Counts the chains of a workspace in the unit of every save. */
export const countedChains = (store: Store, chains: Chains): Chains =>
  observing(store, chains, async ({ kind }, ctx) => {
    const delta = lives[kind];
    if (delta === 0) return;
    await store.transaction(ctx, async (unit) => {
      const counts = unit.collection(countDocuments);
      const count = ((await counts.find(ALL))?.chains ?? (await before(unit, kind === 'create' ? 0 : delta))) + delta;
      if (delta > 0 && count > MOST_CHAINS) throw refuse.LIMIT_REACHED(MOST_CHAINS);
      await counts.put(ALL, { chains: Math.max(0, count) });
    });
  });
