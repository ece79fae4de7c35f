import type { Context } from '@gts/kernel';
import type { Query, Store } from '@gts/persistence';
import type { Found, SearchIndex, Sort } from '../application/ports';
import { matches } from '../domain/search-terms';
import { searchCollection, sortKeys } from './search-rows';

const PAGE = 100;

type Search = Parameters<SearchIndex['rows']>[1];

function queryOf({ wanted, sort, after, includeDeleted }: Search): Query {
  const [first] = wanted.terms;
  const field = sortKeys[sort];
  const beyond = sort === 'name' ? { gt: after ?? '' } : { lt: after ?? '\u{10FFFF}' };
  return {
    index: first === undefined ? sort : `${sort}ByTerm`,
    where: { ...(first !== undefined && { terms: first }), ...(after !== undefined && { [field]: beyond }) },
    order: sort === 'name' ? 'asc' : 'desc',
    limit: PAGE,
    includeDeleted,
  };
}

async function* rows(store: Store, ctx: Context, search: Search): AsyncGenerator<Found> {
  const field = sortKeys[search.sort satisfies Sort];
  const query = queryOf(search);
  let after: string | undefined;
  do {
    const page = await store.collection(searchCollection, ctx).query({ ...query, after });
    for (const row of page.items)
      if (matches(row, search.wanted)) yield { gearId: row.meta.id, tenantId: ctx.tenantId, key: row[field] };
    after = page.next ?? undefined;
  } while (after !== undefined);
}

export const searchIndex = (store: Store): SearchIndex => ({ rows: (ctx, search) => rows(store, ctx, search) });
