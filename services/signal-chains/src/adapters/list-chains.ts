import { fillPage, type Query, type Store } from '@gts/persistence';
import type { ChainFilter, ListChains } from '../application/ports';
import type { SignalChain } from '../domain/signal-chain';
import { chainDocuments } from './collections';

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
  (filter, ctx) => {
    const chains = store.collection(chainDocuments, ctx);
    const query = queryOf(filter);
    return fillPage((limit, after) => chains.query({ ...query, limit, after }), {
      ...filter,
      matches: matches(filter),
    });
  };
