import { permissionsOf, type TokenScope } from '@gts/auth';
import { type Caller, isSignedIn } from './caller';

/** The permissions of a caller in the selected workspace. */
export function scopesOf(caller: Caller): readonly string[] {
  if (!isSignedIn(caller)) return [];
  const { role, isAdmin, scopes } = caller.principal;
  const narrowed = scopes ? { tokenScopes: scopes as readonly TokenScope[] } : {};
  return permissionsOf({ signedIn: true, role, isAdmin, ...narrowed });
}
