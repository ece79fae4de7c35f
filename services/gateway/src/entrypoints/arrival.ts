import type { IncomingMessage } from 'node:http';
import { http } from '../application/errors';
import type { Route } from '../application/route';

const HEADER_BYTES = 16 * 1024;
const LINE_BYTES = 8 * 1024;
const CREDENTIALS =
  /^(?:access_?token|id_?token|token|api_?key|apikey|auth|authorization|bearer|password|passwd|secret|session)$/i;

/** What can be said of a request before anybody looks who sends it. */
export function checkArrival(request: IncomingMessage, route: Route | undefined): void {
  checkSizes(request, route);
  const search = new URLSearchParams(request.url?.split('?')[1] ?? '');
  const secret = [...search].find(([name, value]) => CREDENTIALS.test(name) || /^gts_[A-Za-z0-9_-]{20,}$/.test(value));
  if (!secret) return;
  const errors = [{ code: 'credentials-in-url', parameter: secret[0], detail: 'send it in a header, and replace it' }];
  throw http.CREDENTIALS_IN_URL.with(
    { details: { errors } },
    'credentials do not belong in addresses: replace this one',
  );
}

function checkSizes({ method = '', url = '', rawHeaders, headers }: IncomingMessage, route: Route | undefined): void {
  const line = method.length + url.length + ' HTTP/1.1 '.length;
  if (line > LINE_BYTES && !isSearch(url, route)) throw http.URI_TOO_LONG('the request line is longer than 8 KiB');
  const size = rawHeaders.reduce((sum, each) => sum + each.length + 2, 0);
  // A bearer of that length is simply none of ours.
  const bearer = headers.authorization?.length ?? 0;
  if (size - (bearer > LINE_BYTES ? bearer : 0) > HEADER_BYTES)
    throw http.HEADERS_TOO_LARGE('the headers are longer than 16 KiB');
}

/** A search text that is far too long has an answer of its own: 422 with its limit. */
const isSearch = (url: string, route: Route | undefined): boolean =>
  route?.query !== undefined && 'q' in route.query.shape && url.indexOf('?') < 1024;

/** Whether an Accept header takes what the route produces; files and pages are served as they are. */
export function checkAccept(accept: string | undefined, { produces }: Pick<Route, 'produces'>): void {
  if (accept === undefined || !/^(?:application\/json|text\/event-stream)$/.test(produces)) return;
  const [type = ''] = produces.split('/');
  const taken = accept.split(',').map((each) => each.split(';').map((part) => part.trim().toLowerCase()));
  const wanted = new Set(['*/*', `${type}/*`, produces, 'application/problem+json']);
  if (taken.some(([range = '', ...rest]) => wanted.has(range) && !rest.some((part) => /^q=0(?:\.0*)?$/.test(part))))
    return;
  throw http.NOT_ACCEPTABLE(`this route answers ${produces}`);
}
