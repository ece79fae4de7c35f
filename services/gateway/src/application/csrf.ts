import type { IncomingHttpHeaders } from 'node:http';
import { csrfMatches, type KeyRing } from '@gts/auth';
import type { Caller } from './caller';
import { http } from './errors';

/** Proof that an unsafe request comes from our own page (api.md §1). @throws HTTP.CSRF_FAILED */
export function checkCsrf(
  caller: Caller,
  headers: IncomingHttpHeaders,
  { keys, publicUrl }: { keys: KeyRing; publicUrl: string },
): void {
  if (headers.authorization !== undefined) return;
  const { origin } = headers;
  const own = origin === undefined ? headers['sec-fetch-site'] === 'same-origin' : origin === publicUrl;
  if (!own) throw http.CSRF_FAILED(`Origin must be ${publicUrl}`);
  if (caller.binding === undefined) return;
  const token = headers['x-csrf-token'];
  if (typeof token !== 'string' || !csrfMatches(keys, caller.binding, token))
    throw http.CSRF_FAILED('X-CSRF-Token is missing or not that of this session: read it from GET /session');
}
