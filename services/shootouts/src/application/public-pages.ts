import type {
  BrowsePublic,
  DataOf,
  GetManifest,
  GetPublicShootout,
  ManifestData,
  ReplyOf,
  ResolveMedia,
} from '@gts/contracts';
import type { Context } from '@gts/kernel';
import { type Stored, storeErrors } from '@gts/persistence';
import { refuse } from '../domain/errors';
import { type Shootout, type ShootoutId, isPublished } from '../domain/shootout';
import { enrichmentView, enrichmentsOf } from './enrich';
import type { Enrichments, ManifestRow, Manifests, PublicIndex, Shootouts } from './ports';

type Deps = Readonly<{
  shootouts: Shootouts;
  manifests: Manifests;
  publicIndex: PublicIndex;
  enrichments: Enrichments;
}>;
type Page = Readonly<{ shootout: Stored<Shootout>; ctx: Context; published: boolean }>;

/** A published shootout for everybody, a finished one for its own workspace; nothing else, whatever the reason. */
async function findPage({ shootouts, publicIndex }: Deps, id: ShootoutId, caller: Context): Promise<Page | undefined> {
  const row = await publicIndex.find(id, caller);
  const ctx = row ? { ...caller, tenantId: row.ownerTenantId } : caller;
  const shootout = await shootouts(ctx).find(id);
  if (shootout?.status !== 'COMPLETED') return undefined;
  const published = isPublished(shootout);
  const member = ctx.tenantId === caller.tenantId && caller.scopes.includes('shootouts.read');
  return published || member ? { shootout, ctx, published } : undefined;
}

async function manifestOf({ manifests }: Deps, { shootout, ctx }: Page): Promise<ManifestRow> {
  const { manifestVersion = 0, meta } = shootout;
  const row = await manifests.find({ shootoutId: meta.id as ShootoutId, manifestVersion, ctx });
  if (!row) throw refuse.NOT_FOUND();
  return row;
}

type PublicPage = ReplyOf<typeof GetPublicShootout>;

type Parts = Readonly<{ row: ManifestRow; enrichments: NonNullable<PublicPage['enrichments']> }>;

function pageView({ shootout, published }: Page, { row, enrichments }: Parts): PublicPage {
  const { canonical, manifestSha256 } = row;
  const { schemaVersion: _v, shootoutId: id, inputs: _i, ...manifest } = JSON.parse(canonical) as ManifestData;
  const { visibility, publishedAt, rerunOf, meta } = shootout;
  return {
    ...manifest,
    id,
    eventSeq: meta.eventSeq,
    visibility,
    published,
    publishedAt: publishedAt ?? meta.updatedAt,
    ...(rerunOf !== undefined && { rerunOf }),
    manifestSha256,
    enrichments,
  };
}

/** With a least version, whatever cannot be read is "not yet": so the answer never tells why. */
export const getPublicShootout =
  (deps: Deps) =>
  async ({ shootoutId, minEventSeq }: DataOf<typeof GetPublicShootout>, ctx: Context): Promise<PublicPage> => {
    const page = await findPage(deps, shootoutId, ctx);
    if (minEventSeq !== undefined && (page?.shootout.meta.eventSeq ?? -1) < minEventSeq)
      throw storeErrors.PROJECTION_LAG('page');
    if (!page) throw refuse.NOT_FOUND();
    const { manifestVersion = 0 } = page.shootout;
    const rows = await enrichmentsOf(deps)(shootoutId, manifestVersion, page.ctx);
    return pageView(page, { row: await manifestOf(deps, page), enrichments: rows.map(enrichmentView) });
  };

export const getManifest =
  (deps: Deps) =>
  async (
    { shootoutId, manifestVersion }: DataOf<typeof GetManifest>,
    ctx: Context,
  ): Promise<ReplyOf<typeof GetManifest>> => {
    const page = await findPage(deps, shootoutId, ctx);
    if (page?.shootout.manifestVersion !== manifestVersion) throw refuse.NOT_FOUND();
    const { canonical, manifestSha256 } = await manifestOf(deps, page);
    return { canonical, manifestSha256, published: page.published };
  };

export const resolveMedia =
  (deps: Deps) =>
  async ({ mediaKey }: DataOf<typeof ResolveMedia>, ctx: Context): Promise<ReplyOf<typeof ResolveMedia>> => {
    const medium = await deps.manifests.medium(mediaKey, ctx);
    const page = medium && (await findPage(deps, medium.shootoutId, ctx));
    if (!medium || !page) throw refuse.NOT_FOUND();
    return { ref: medium.ref, filename: medium.filename, published: page.published };
  };

export const browsePublic =
  ({ publicIndex }: Deps) =>
  async (
    { limit, cursor, gearModelId }: DataOf<typeof BrowsePublic>,
    ctx: Context,
  ): Promise<ReplyOf<typeof BrowsePublic>> => {
    const { items, next } = await publicIndex.newest({ limit, cursor, gearModelId }, ctx);
    return {
      items: items.map(({ shootoutId: id, title, labels, durationMs, manifestVersion, publishedAt }) => ({
        id,
        title,
        tones: [...labels],
        durationMs,
        manifestVersion,
        publishedAt,
      })),
      next,
    };
  };
