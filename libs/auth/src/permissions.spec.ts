import { permissionMatrix, permissionsOf, permits, type RoleName } from './index';

const member = { isAdmin: false, signedIn: true };
const of = (role: RoleName, tokenScopes?: readonly ('read' | 'write' | 'render' | 'ops')[]) =>
  permissionsOf({ ...member, role, tokenScopes });

test('each role may do what the one before may, and more', () => {
  const [viewer, editor, owner] = [of('viewer'), of('editor'), of('owner')];
  expect(editor).toEqual(expect.arrayContaining([...viewer]));
  expect(owner).toEqual(expect.arrayContaining([...editor]));
  expect([viewer, editor, owner].map((each) => each.includes('shootouts.edit'))).toEqual([false, true, true]);
  expect([viewer, editor, owner].map((each) => each.includes('workspace.own'))).toEqual([false, false, true]);
});

test('a guest may nothing, a stranger only what is theirs', () => {
  expect(permissionsOf({ isAdmin: true, signedIn: false, role: 'owner' })).toEqual([]);
  expect(permissionsOf(member)).toEqual(['self']);
});

test('the scopes of an API token only take away', () => {
  expect(of('editor', ['read'])).toEqual(expect.arrayContaining(['self', 'shootouts.read']));
  expect(of('editor', ['read']).filter((each) => /edit|render$/.test(each))).toEqual([]);
  expect(of('viewer', ['read', 'write', 'render'])).toEqual(of('viewer'));
  expect(of('owner', ['render'])).toEqual(['shootouts.render']);
});

test('operating needs an administrator, with a token its own scope too', () => {
  const admin = { ...member, isAdmin: true };
  expect(permissionsOf(admin)).toContain('ops');
  expect(permissionsOf({ ...admin, tokenScopes: ['read', 'write', 'render'] })).not.toContain('ops');
  expect(permissionsOf({ ...admin, tokenScopes: ['ops'] })).toEqual(['ops']);
  expect(of('owner', ['ops'])).toEqual([]);
});

test.each([
  ['public', { sub: 'user:guest', scopes: [] }, true],
  ['service', { sub: 'user:1', scopes: ['service'] }, false],
  ['service', { sub: 'service:gateway', scopes: [] }, true],
  ['shootouts.edit', { sub: 'user:1', scopes: ['shootouts.read'] }, false],
  ['shootouts.edit', { sub: 'user:1', scopes: ['shootouts.edit'] }, true],
])('%s for %j: %s', (auth, claims, allowed) => {
  expect(permits(auth, claims)).toBe(allowed);
});

test('every operation stands in one row of the matrix', () => {
  const operations = permissionMatrix.flatMap((row) => row.operations);
  expect(new Set(operations).size).toBe(operations.length);
});
