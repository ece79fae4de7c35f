import { WORKSPACE_LIMITS } from '@gts/contracts';
import { observing, type Store } from '@gts/persistence';
import type { Chains } from '../application/ports';
import { refuse } from '../domain/errors';
import { countDocuments } from './collections';

const ALL = 'all';
const { signalChains: MOST_CHAINS } = WORKSPACE_LIMITS;
const lives = { create: 1, restore: 1, delete: -1, update: 0 } as const;

/** Counts the chains of a workspace in the unit of every save. */
export const countedChains = (store: Store, chains: Chains): Chains =>
  observing(store, chains, async ({ kind }, ctx) => {
    const delta = lives[kind];
    if (delta === 0) return;
    await store.transaction(ctx, async (unit) => {
      const counts = unit.collection(countDocuments);
      const count = ((await counts.find(ALL))?.chains ?? 0) + delta;
      if (delta > 0 && count > MOST_CHAINS) throw refuse.LIMIT_REACHED(MOST_CHAINS);
      await counts.put(ALL, { chains: Math.max(0, count) });
    });
  });
