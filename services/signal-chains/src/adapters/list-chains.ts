import type { Context } from '@gts/kernel';
import type { Query, Store, Stored } from '@gts/persistence';
import type { ChainFilter, ListChains } from '../application/ports';
import type { SignalChain } from '../domain/signal-chain';
import { chainDocuments } from './collections';

// A filter that no index serves looks at this many pages before it answers what it has, with a cursor to go on.
const MOST_PAGES = 20;

const matches =
  ({ q, gearModelId }: ChainFilter) =>
  (chain: SignalChain): boolean =>
    (!q || chain.name.toLowerCase().includes(q.toLowerCase())) &&
    (gearModelId === undefined || chain.blocks.some((block) => block.gearModelId === gearModelId));

const queryOf = ({ status, includeDeleted = false }: ChainFilter): Query => ({
  ...(status === undefined ? { index: 'newest' } : { index: 'byStatus', where: { status } }),
  order: 'desc',
  includeDeleted,
});

/** The index serves the state; name and model are looked at while the page fills. */
export const listChains =
  (store: Store): ListChains =>
  async (filter, ctx: Context) => {
    const chains = store.collection(chainDocuments, ctx);
    const items: Stored<SignalChain>[] = [];
    let next: string | null = filter.cursor ?? null;
    for (let pages = 0; pages < MOST_PAGES && items.length < filter.limit; pages += 1) {
      const page = await chains.query({
        ...queryOf(filter),
        limit: filter.limit - items.length,
        after: next ?? undefined,
      });
      items.push(...page.items.filter(matches(filter)));
      next = page.next;
      if (next === null) break;
    }
    return { items, next };
  };
