import type { Context } from '@gts/kernel';
import type { Store, Unit } from '@gts/persistence';
import type { ManifestKey, Manifests, MediaRow, PublicIndex, PublicRow } from '../application/ports';
import type { Medium } from '../domain/manifest';
import type { ShootoutId } from '../domain/shootout';
import { holders } from './holders';
import { type PublicDocument, manifestDocuments, mediaDocuments, publicDocuments } from './collections';

const keyOf = ({ shootoutId, manifestVersion }: ManifestKey): string => `${shootoutId}.${manifestVersion}`;

type Owner = Pick<MediaRow, 'shootoutId' | 'ownerTenantId'>;

async function insertMedia(unit: Unit, owner: Owner, media: readonly Medium[]): Promise<void> {
  for (const medium of media) await unit.collection(mediaDocuments).insert(medium.mediaKey, { ...medium, ...owner });
}

/** Manifests and the addresses of their files; inserted once, never changed. */
export const manifests = (store: Store): Manifests => ({
  insert: (at, row, media) =>
    store.transaction(at.ctx, async (unit) => {
      await unit.collection(manifestDocuments).insert(keyOf(at), row);
      const { shootoutId, ctx } = at;
      const refs = media.map(({ ref }) => ref);
      await holders(store).hold(keyOf(at), refs, unit.ctx);
      await insertMedia(unit, { shootoutId, ownerTenantId: ctx.tenantId }, media);
    }),
  addMedia: ({ shootoutId, ctx }, media) =>
    store.transaction(ctx, (unit) => insertMedia(unit, { shootoutId, ownerTenantId: ctx.tenantId }, media)),
  find: (at) => store.collection(manifestDocuments, at.ctx).find(keyOf(at)),
  medium: (mediaKey, ctx) => store.collection(mediaDocuments, ctx).find(mediaKey),
});

const documentOf = (row: PublicRow): PublicDocument => ({
  ...row,
  listed: row.visibility === 'public' && !row.deleted,
});

export const publicIndex = (store: Store): PublicIndex => ({
  put: (shootoutId, row, ctx) =>
    store.transaction(ctx, async (unit) => {
      await unit.collection(publicDocuments).put(shootoutId, documentOf(row));
    }),
  change: (shootoutId, part, ctx) =>
    store.transaction(ctx, async (unit) => {
      const rows = unit.collection(publicDocuments);
      const before = await rows.find(shootoutId);
      if (!before) return;
      const { meta: _, ...row } = before;
      await rows.put(shootoutId, documentOf({ ...row, ...part }));
    }),
  find: (shootoutId, ctx) => store.collection(publicDocuments, ctx).find(shootoutId),
  newest: async ({ limit, cursor, gearModelId }, ctx: Context) => {
    const found = await store.collection(publicDocuments, ctx).query({
      index: gearModelId === undefined ? 'newest' : 'byGear',
      where: { listed: true, ...(gearModelId !== undefined && { gearModelIds: gearModelId }) },
      order: 'desc',
      limit,
      after: cursor,
    });
    return {
      items: found.items.map(({ meta, ...row }) => ({ ...row, shootoutId: meta.id as ShootoutId })),
      next: found.next,
    };
  },
});
