import type { ContextName, Permission } from '@gts/kernel';

/** What a member may do; each includes the one before. */
export type RoleName = 'viewer' | 'editor' | 'owner';
/** What the person allowed an API token to do in their name. */
export type TokenScope = 'read' | 'write' | 'render' | 'ops';

type Caller = Readonly<{
  /** In the selected workspace; absent for somebody who is not a member. */
  role?: RoleName | undefined;
  isAdmin: boolean;
  signedIn: boolean;
  /** Of the API token that was used; absent for a session. */
  tokenScopes?: readonly TokenScope[] | undefined;
}>;

const contexts: readonly ContextName[] = ['identity', 'gear-catalog', 'signal-chains', 'shootouts', 'rendering'];
const reading: readonly Permission[] = contexts.map((each) => `${each}.read` as const);
const working: readonly ContextName[] = ['gear-catalog', 'signal-chains', 'shootouts'];
const editing: readonly Permission[] = [...working.map((each) => `${each}.edit` as const), 'shootouts.render'];

/** The permission table: what each role adds to the one before it. */
export const rolePermissions: Readonly<Record<RoleName, readonly Permission[]>> = {
  viewer: reading,
  editor: [...reading, ...editing],
  owner: [...reading, ...editing, 'identity.edit', 'workspace.own'],
};

// A person's own things are read with `read` and changed with `write`; the gateway checks which by the method.
const needed = (permission: Permission): readonly TokenScope[] => {
  if (permission === 'self') return ['read', 'write'];
  if (permission === 'ops') return ['ops'];
  if (permission === 'shootouts.render') return ['render'];
  return permission.endsWith('.read') ? ['read'] : ['write'];
};

/**
 * Everything a caller may do, as the internal token carries it: the permissions of the role, of a signed-in person
 * and of an administrator, narrowed by the scopes of an API token.
 */
export function permissionsOf({ role, isAdmin, signedIn, tokenScopes }: Caller): readonly Permission[] {
  if (!signedIn) return [];
  const all: readonly Permission[] = [
    'self',
    ...(role ? rolePermissions[role] : []),
    ...(isAdmin ? ['ops' as const] : []),
  ];
  if (!tokenScopes) return all;
  return all.filter((permission) => needed(permission).some((scope) => tokenScopes.includes(scope)));
}

/** Whether a caller with these claims may use a definition with this `auth`. */
export function permits(auth: string, { sub, scopes }: Readonly<{ sub: string; scopes: readonly string[] }>): boolean {
  if (auth === 'public') return true;
  if (auth === 'service') return sub.startsWith('service:');
  return scopes.includes(auth);
}
