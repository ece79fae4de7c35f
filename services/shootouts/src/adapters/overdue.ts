import type { Context, Id, Instant, TenantId } from '@gts/kernel';
import { observing, type Repositories, type Store } from '@gts/persistence';
import type { DITracks, Overdue, Uploads } from '../application/ports';
import { type WaitingDocument, waitingDocuments } from './collections';

const PAGE = 50;

async function due(store: Store, ctx: Context, [kind, now]: [WaitingDocument['kind'], Instant]) {
  const where = { kind, until: { lte: now } };
  const { items } = await store.collection(waitingDocuments, ctx).query({ index: 'due', where, limit: PAGE });
  return items.map(({ meta, ownerTenantId }) => ({ id: meta.id, tenantId: ownerTenantId as TenantId }));
}

export const overdue = (store: Store, ctx: Context): Overdue => ({
  inspections: async (now) =>
    (await due(store, ctx, ['inspection', now])).map(({ id, tenantId }) => ({
      tenantId,
      diTrackId: id as Id<'DITrack'>,
    })),
  uploads: async (now) =>
    (await due(store, ctx, ['upload', now])).map(({ id, tenantId }) => ({ tenantId, uploadId: id as Id<'Upload'> })),
  forget: (id) => store.transaction(ctx, (unit) => unit.collection(waitingDocuments).delete(id)),
});

type WaitOf<S> = (state: S) => Omit<WaitingDocument, 'ownerTenantId'> | undefined;

/** Keeps, in the unit of every save, the line by which the sweep finds what waits. */
const watching = <S, E>(store: Store, waitOf: WaitOf<S>, repositories: Repositories<S, E>): Repositories<S, E> =>
  observing(store, repositories, ({ id, after }, ctx) => {
    const wait = after && waitOf(after);
    return store.transaction(ctx, async (unit) => {
      const rows = unit.collection(waitingDocuments);
      if (wait) await rows.put(id, { ...wait, ownerTenantId: ctx.tenantId });
      else await rows.delete(id);
    });
  });

export const watchedTracks = (store: Store, tracks: DITracks): DITracks =>
  watching(
    store,
    ({ status, inspectBy }) => (status === 'INSPECTING' ? { kind: 'inspection', until: inspectBy } : undefined),
    tracks,
  );

export const watchedUploads = (store: Store, uploads: Uploads): Uploads =>
  watching(
    store,
    ({ status, expiresAt }) => (status === 'OPEN' ? { kind: 'upload', until: expiresAt } : undefined),
    uploads,
  );
