import { fillPage, type Query, type Store } from '@gts/persistence';
import type { ListShootouts, ListTracks, ShootoutFilter, TrackBySource } from '../application/ports';
import type { Shootout } from '../domain/shootout';
import { shootoutDocuments, trackDocuments } from './collections';

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
    return fillPage((limit, after) => shootouts.query({ ...query, limit, after }), {
      ...filter,
      matches: matches(filter),
    });
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
