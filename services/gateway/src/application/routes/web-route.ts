import { GetPublicShootout } from '@gts/contracts';
import { http } from '../errors';
import type { Ports } from '../ports';
import { type Answer, type EdgeRequest, route } from '../route';
import { hidden } from './public-routes';

const IMMUTABLE = 'public, max-age=31536000, immutable';
const LISTEN = 'listen.html';
/** People wait for the page, not for what robots may do with it. */
const PATIENCE_MS = 1500;
/** Addresses of the web application and the page that shows them. */
const pages: readonly (readonly [RegExp, string])[] = [
  [/^\/$/, 'index.html'],
  [/^\/preview$/, 'preview.html'],
  [/^\/(?:listen|s)\/[0-9a-f-]{36}$/, LISTEN],
];

/** The page is the same for every shootout; what robots may do with it is asked, as a guest. */
async function robots({ ctx }: EdgeRequest, { rpc, clock }: Ports, path: string): Promise<Record<string, string>> {
  const shootoutId = GetPublicShootout.data.shape.shootoutId.safeParse(path.split('/').at(-1));
  if (!shootoutId.success) return hidden({ visibility: 'none' });
  const page = rpc.call(
    GetPublicShootout,
    { shootoutId: shootoutId.data },
    { ...ctx, deadline: clock.epochMs() + PATIENCE_MS },
  );
  return hidden(await page.catch(() => ({ visibility: 'none' })));
}

async function serve(request: EdgeRequest, ports: Ports): Promise<Answer> {
  const { url, headers } = request;
  const { web } = ports;
  const path = url.split('?')[0] ?? '/';
  const wanted = pages.find(([pattern]) => pattern.test(path))?.[1] ?? path.slice(1);
  const file = (await web.read(wanted)) ?? (wanted === LISTEN ? await web.read('index.html') : null);
  if (!file) throw http.NOT_FOUND();
  const hashed = path.startsWith('/assets/');
  const etag = `"${file.hash}"`;
  if (headers['if-none-match'] === etag) return { status: 304, headers: { etag } };
  const told = wanted === LISTEN ? await robots(request, ports, path) : {};
  return {
    headers: { etag, 'cache-control': hashed ? IMMUTABLE : 'no-cache', ...told },
    content: { type: file.type, bytes: file.bytes },
  };
}

/** Every address that no row serves: the files of the web application. */
export const webRoute = route({
  method: 'GET',
  path: '//*',
  who: 'G',
  tag: 'gateway',
  operationId: 'ServeWeb',
  summary: 'The web application.',
  bucket: 'none',
  produces: 'text/html',
  query: undefined,
  act: serve,
});
