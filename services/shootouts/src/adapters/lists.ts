import type { Page } from '@gts/kernel';
import type { Query, Store, Stored } from '@gts/persistence';
import type { ListShootouts, ListTracks, ShootoutFilter, TrackBySource } from '../application/ports';
import type { Shootout } from '../domain/shootout';
import { shootoutDocuments, trackDocuments } from './collections';

// A filter that no index serves looks at this many pages before it answers what it has, with a cursor to go on.
const MOST_PAGES = 20;
type Fetch<T> = (limit: number, after: string | undefined) => Promise<Page<Stored<T>>>;
type Wanted<T> = Readonly<{ limit: number; cursor?: string | undefined; matches: (each: T) => boolean }>;

/** Fills one page with rows that match, reading on where a page was thinned out. */
async function fill<T>(fetch: Fetch<T>, { limit, cursor, matches }: Wanted<T>): Promise<Page<Stored<T>>> {
  const items: Stored<T>[] = [];
  let next: string | null = cursor ?? null;
  for (let pages = 0; pages < MOST_PAGES && items.length < limit; pages += 1) {
    const page: Page<Stored<T>> = await fetch(limit - items.length, next ?? undefined);
    items.push(...page.items.filter(matches));
    next = page.next;
    if (next === null) break;
  }
  return { items, next };
}

const matches =
  ({ q, visibility }: ShootoutFilter) =>
  (shootout: Shootout): boolean =>
    (!q || shootout.title.toLowerCase().includes(q.toLowerCase())) &&
    (visibility === undefined || shootout.visibility === visibility);

/** The index serves the state; title and visibility are looked at while the page fills. */
export const listShootouts =
  (store: Store): ListShootouts =>
  (filter, ctx) => {
    const { status, includeDeleted = false } = filter;
    const query: Query = {
      ...(status === undefined ? { index: 'newest' } : { index: 'byStatus', where: { status } }),
      order: 'desc',
      includeDeleted,
    };
    const shootouts = store.collection(shootoutDocuments, ctx);
    return fill((limit, after) => shootouts.query({ ...query, limit, after }), { ...filter, matches: matches(filter) });
  };

export const listTracks =
  (store: Store): ListTracks =>
  ({ limit, cursor, sha256, includeDeleted = false }, ctx) =>
    store.collection(trackDocuments, ctx).query({
      ...(sha256 === undefined ? { index: 'newest' } : { index: 'byFile', where: { sourceSha256: sha256 } }),
      order: 'desc',
      limit,
      after: cursor,
      includeDeleted,
    });

export const trackBySource =
  (store: Store): TrackBySource =>
  async (sha256, ctx) => {
    const where = { sourceKey: sha256 };
    const { items } = await store.collection(trackDocuments, ctx).query({ index: 'bySource', where, limit: 1 });
    return items[0];
  };
