import { BrowsePublic, GetManifest, GetPublicShootout, mediaKey, type ReplyOf, ResolveMedia } from '@gts/contracts';
import { z } from 'zod';
import { forward } from '../forward';
import { matches, ranged, serveArtefact } from '../media/serve-artefact';
import type { Ports } from '../ports';
import { type Answer, type EdgeRequest, route, type Route } from '../route';

/** What everybody may keep for a minute. */
const SHARED = 'public, max-age=60, stale-while-revalidate=300';
const open = { who: 'G', open: true, tag: 'shootouts' } as const;
const cached = (published: boolean): Record<string, string> =>
  published ? { 'cache-control': SHARED, 'cross-origin-resource-policy': 'cross-origin' } : {};

/** Whoever has the address may read it; search engines must not be the ones who hand it out. */
export const hidden = ({ visibility }: Readonly<{ visibility: string }>): Record<string, string> =>
  visibility === 'public' ? {} : { 'x-robots-tag': 'noindex' };

/** Changes with the shootout, and with what is made beside it: P, R and F for each kind. */
const tagOf = ({ eventSeq, enrichments = [] }: ReplyOf<typeof GetPublicShootout>): string =>
  `"${[eventSeq, enrichments.map(({ status }) => status.charAt(0)).join('')].filter((part) => part !== '').join('-')}"`;

async function getManifest(request: EdgeRequest, { rpc }: Ports): Promise<Answer> {
  const { id, v } = request.params;
  const shootoutId = GetManifest.data.shape.shootoutId.parse(id);
  const { canonical, manifestSha256, published } = await rpc.call(
    GetManifest,
    { shootoutId, manifestVersion: Number(v) },
    request.ctx,
  );
  const headers = { ...cached(published), etag: `"${manifestSha256}"` };
  if (matches(request.headers['if-none-match'], headers.etag)) return { status: 304, headers };
  return { headers, content: { type: 'application/json', bytes: Buffer.from(canonical), compress: true } };
}

async function media(request: EdgeRequest, ports: Ports): Promise<Answer> {
  const found = await ports.rpc.call(ResolveMedia, { mediaKey: request.params['key'] ?? '' }, request.ctx);
  return serveArtefact(found, request, ports);
}

/** What anybody may read and hear. */
export const publicRoutes: readonly Route[] = [
  forward({
    ...open,
    method: 'GET',
    path: '/public/shootouts',
    def: BrowsePublic,
    cache: SHARED,
    lag: { def: GetPublicShootout, field: 'shootoutId' },
  }),
  forward({
    ...open,
    method: 'GET',
    path: '/public/shootouts/{id}',
    def: GetPublicShootout,
    params: { id: 'shootoutId' },
    answer: (shootout) => ({
      json: shootout,
      headers: { ...cached(shootout.published), ...hidden(shootout), etag: tagOf(shootout) },
    }),
  }),
  route({
    ...open,
    method: 'GET',
    path: '/public/shootouts/{id}/manifests/{v}',
    operationId: GetManifest.name,
    summary: GetManifest.summary,
    params: { id: GetManifest.data.shape.shootoutId, v: z.string().regex(/^[1-9]\d{0,5}$/) },
    reply: z.looseObject({ schemaVersion: z.literal(1) }),
    example: { params: { id: GetManifest.example.shootoutId, v: '1' } },
    act: getManifest,
  }),
  route({
    ...open,
    open: false,
    method: 'GET',
    path: '/media/{key}',
    operationId: ResolveMedia.name,
    summary: ResolveMedia.summary,
    bucket: 'media',
    params: { key: mediaKey },
    query: z.strictObject({ download: z.enum(['0', '1']).optional() }),
    ...ranged,
    produces: 'audio/flac',
    codes: ['HTTP.RANGE_NOT_SATISFIABLE'],
    example: { params: { key: ResolveMedia.example.mediaKey } },
    act: media,
  }),
];
