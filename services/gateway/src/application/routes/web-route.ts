import { http } from '../errors';
import type { Ports } from '../ports';
import { type Answer, type EdgeRequest, route } from '../route';

const IMMUTABLE = 'public, max-age=31536000, immutable';
/** Addresses of the web application and the page that shows them. */
const pages: readonly (readonly [RegExp, string])[] = [
  [/^\/$/, 'index.html'],
  [/^\/(?:listen|s)\/[0-9a-f-]{36}$/, 'listen.html'],
];

async function serve({ url, headers }: EdgeRequest, { web }: Ports): Promise<Answer> {
  const path = url.split('?')[0] ?? '/';
  const wanted = pages.find(([pattern]) => pattern.test(path))?.[1] ?? path.slice(1);
  const file = (await web.read(wanted)) ?? (wanted === 'listen.html' ? await web.read('index.html') : null);
  if (!file) throw http.NOT_FOUND();
  const hashed = path.startsWith('/assets/');
  const etag = `"${file.hash}"`;
  if (headers['if-none-match'] === etag) return { status: 304, headers: { etag } };
  return {
    headers: { etag, 'cache-control': hashed ? IMMUTABLE : 'no-cache' },
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
