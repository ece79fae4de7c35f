import type { Store } from '@gts/persistence';
import type { Holders } from '../application/ports';
import { holderDocuments } from './collections';

const keyOf = (sha256: string, holder: string): string => `${sha256}.${holder}`;
/** Two rows tell whether somebody else than the one who asks is there. */
const ENOUGH = 2;
/** Four files for each of 16 tones, and some. */
const MOST_FILES = 100;

/** Who of this context needs which bytes, of every workspace. */
export const holders = (store: Store): Holders => ({
  hold: (holder, refs, ctx) =>
    store.transaction(ctx, async (unit) => {
      const rows = unit.collection(holderDocuments);
      for (const { sha256 } of refs) await rows.put(keyOf(sha256, holder), { sha256, holder });
    }),
  letGo: (holder, refs, ctx) =>
    store.transaction(ctx, async (unit) => {
      for (const { sha256 } of refs) await unit.collection(holderDocuments).delete(keyOf(sha256, holder));
    }),
  heldBy: async (holder, ctx) => {
    const query = { index: 'byHolder', where: { holder }, limit: MOST_FILES };
    return (await store.collection(holderDocuments, ctx).query(query)).items;
  },
  isFree: async (sha256, but, ctx) => {
    const query = { index: 'byFile', where: { sha256 }, limit: ENOUGH };
    const { items } = await store.collection(holderDocuments, ctx).query(query);
    return items.every(({ holder }) => holder === but);
  },
});
