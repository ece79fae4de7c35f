import { permissionsOf, type TokenScope } from '@gts/auth';
import { type Caller, isSignedIn } from './caller';

/** The permissions of a caller in the selected workspace. */
export function scopesOf(caller: Caller): readonly string[] {
  if (!isSignedIn(caller)) return [];
  const { role, isAdmin, scopes } = caller.principal;
  // Whoever may change a thing is shown the result; reading by itself needs `read`, as the route says.
  const held = scopes?.includes('write') ? [...scopes, 'read'] : scopes;
  const narrowed = held ? { tokenScopes: held as readonly TokenScope[] } : {};
  return permissionsOf({ signedIn: true, role, isAdmin, ...narrowed });
}
