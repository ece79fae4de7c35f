import type { DataOf, RenderEnrichmentFailed, RenderJobEnriched, ReplyOf, RetryEnrichment } from '@gts/contracts';
import type { Context } from '@gts/kernel';
import {
  type Enrichment,
  type EnrichmentKind,
  enrichmentFailed,
  enrichmentKinds,
  enrichmentReady,
  type Found,
  openEnrichment,
  retryEnrichment as retry,
} from '../domain/enrichment';
import { refuse } from '../domain/errors';
import { enrichmentMedia, type Medium } from '../domain/manifest';
import type { Shootout, ShootoutId } from '../domain/shootout';
import type { Enrichments, Files, Holders, Manifests, ShootoutOfRun, Shootouts } from './ports';

type Deps = Readonly<{
  shootouts: Shootouts;
  enrichments: Enrichments;
  manifests: Manifests;
  files: Files;
  holders: Holders;
  findRun: ShootoutOfRun;
  newKey: () => string;
}>;
type Event<D> = Readonly<{ data: D }>;
type Ready = DataOf<typeof RenderJobEnriched>;

/** One row a kind of a manifest. */
const enrichmentId = (shootoutId: ShootoutId, manifestVersion: number, kind: EnrichmentKind): string =>
  `${shootoutId}.${manifestVersion}.${kind}`;

type Place = Readonly<{ id: ShootoutId; shootout: Shootout; runId: Ready['runId']; kind: EnrichmentKind }>;

/** The row of this kind, made now if the manifest is not there yet. */
async function opened({ enrichments }: Deps, { id, shootout, runId, kind }: Place, ctx: Context): Promise<string> {
  const { ownerId, renderVersion: manifestVersion } = shootout;
  const rowId = enrichmentId(id, manifestVersion, kind);
  if (!(await enrichments(ctx).find(rowId)))
    await enrichments(ctx).create(rowId, () =>
      openEnrichment({ shootoutId: id, ownerId, runId, manifestVersion, kind }),
    );
  return rowId;
}

/** The shootout that still wants what was made for this run. */
async function placeOf({ findRun }: Deps, { runId, kind }: Pick<Ready, 'runId' | 'kind'>, ctx: Context) {
  const found = await findRun(runId, ctx);
  return found && found.shootout.status !== 'FAILED' ? { ...found, runId, kind } : undefined;
}

const refsOf = ({ ref, chaptersFile }: Ready) => [ref, ...(chaptersFile ? [chaptersFile] : [])];

/** What rendering made beside a finished set, or could not make; also before the manifest is written. */
export const followEnrichment = (deps: Deps) => ({
  enriched: {
    prepare: ({ data }: Event<Ready>, ctx: Context): Promise<boolean> => deps.files.keep(refsOf(data), ctx),
    apply: async ({ data }: Event<Ready>, ctx: Context, kept: boolean): Promise<void> => {
      const place = await placeOf(deps, data, ctx);
      if (!place) return;
      const rowId = await opened(deps, place, ctx);
      if (!kept) return deps.enrichments(ctx).update(rowId, enrichmentFailed('input.missing'));
      await publish(deps, { place, rowId, data }, ctx);
    },
  },
  notEnriched: async ({ data }: Event<DataOf<typeof RenderEnrichmentFailed>>, ctx: Context): Promise<void> => {
    const place = await placeOf(deps, data, ctx);
    if (place) await deps.enrichments(ctx).update(await opened(deps, place, ctx), enrichmentFailed(data.code));
  },
});

type Publishing = Readonly<{ place: Place; rowId: string; data: Ready }>;

/** Files get their addresses once: a repetition finds them there. */
async function publish(deps: Deps, { place, rowId, data }: Publishing, ctx: Context): Promise<void> {
  if ((await deps.enrichments(ctx).get(rowId)).status === 'READY') return;
  const { id: shootoutId, shootout, runId, kind } = place;
  const media: Medium[] = [];
  const naming = { title: shootout.title, newKey: deps.newKey, media };
  const { chapters } = data;
  const found: Found = { ...enrichmentMedia(naming, kind, data), ...(chapters && { chapters }) };
  // Under the run, so that a run which fails after all lets them go as well.
  await deps.holders.hold(runId, refsOf(data), ctx);
  await deps.manifests.addMedia({ shootoutId, manifestVersion: shootout.renderVersion, ctx }, media);
  await deps.enrichments(ctx).update(rowId, enrichmentReady(found));
}

/** Opens what a fresh manifest still waits for. */
export const openEnrichments =
  (deps: Pick<Deps, 'enrichments'>) =>
  async (place: Omit<Place, 'kind'>, ctx: Context): Promise<void> => {
    for (const kind of enrichmentKinds) await opened(deps as Deps, { ...place, kind }, ctx);
  };

type View = ReplyOf<typeof RetryEnrichment>;
export const enrichmentView = ({ kind, status, media, chapters, chaptersFile }: Enrichment): View => ({
  kind,
  status,
  ...(media && { media }),
  ...(chapters && { chapters: [...chapters] }),
  ...(chaptersFile && { chaptersFile }),
});

/** What there is beside one manifest, each kind once. */
export const enrichmentsOf =
  ({ enrichments }: Pick<Deps, 'enrichments'>) =>
  async (shootoutId: ShootoutId, manifestVersion: number, ctx: Context) => {
    const rows = await Promise.all(
      enrichmentKinds.map((kind) => enrichments(ctx).find(enrichmentId(shootoutId, manifestVersion, kind))),
    );
    return rows.flatMap((row) => (row ? [row] : []));
  };

export const retryEnrichment =
  ({ shootouts, enrichments }: Pick<Deps, 'shootouts' | 'enrichments'>) =>
  async ({ shootoutId, kind }: DataOf<typeof RetryEnrichment>, ctx: Context): Promise<View> => {
    const { manifestVersion = 0 } = await shootouts(ctx).get(shootoutId);
    const rowId = enrichmentId(shootoutId, manifestVersion, kind);
    if (!(await enrichments(ctx).find(rowId))) throw refuse.ENRICHMENT_NOT_FAILED(kind);
    return enrichments(ctx).update(rowId, retry, enrichmentView);
  };
