import { type Caller, isSignedIn } from './caller';
import { http } from './errors';
import type { Route } from './route';

/** Whether this caller may use this route at all; what it may touch is the owning context's word. */
export function checkAccess(route: Route, caller: Caller): void {
  if (!isSignedIn(caller)) {
    if (route.who === 'G') return;
    if (isHidden(route)) throw http.NOT_FOUND();
    throw http.UNAUTHENTICATED('sign in first, or send a valid API token');
  }
  if (caller.kind === 'token') checkScope(route, caller.principal.scopes ?? []);
  if (route.who === 'A' && !caller.principal.isAdmin)
    throw http.FORBIDDEN('only administrators of the platform may do this');
}

/** A single thing of a workspace does not even exist for somebody who is not signed in (api.md §3). */
const isHidden = ({ method, who, params }: Route): boolean =>
  method === 'GET' && who === 'V' && Object.keys(params).length > 0;

function checkScope({ scope }: Route, held: readonly string[]): void {
  if (held.includes(scope)) return;
  const detail =
    scope === 'session' ? 'an API token cannot do this: sign in' : `the API token lacks the scope ${scope}`;
  const errors = [{ code: 'scope-missing', header: 'authorization', detail, limit: scope }];
  throw http.SCOPE_MISSING.with({ details: { errors } }, detail);
}

/** `includeDeleted=true` is for administrators only. */
export function checkDeleted(query: Readonly<Record<string, unknown>>, caller: Caller): void {
  if (query['includeDeleted'] !== true || (isSignedIn(caller) && caller.principal.isAdmin)) return;
  throw http.FORBIDDEN('only administrators of the platform may see deleted things');
}
