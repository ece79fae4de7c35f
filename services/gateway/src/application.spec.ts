import { routes } from './application';
import { addressOf } from './application/route';

test('every row has its own name and its own address', () => {
  const names = routes.map((each) => each.operationId);
  const addresses = routes.map((each) => `${each.method} ${addressOf(each)}`);
  expect(new Set(names).size).toBe(names.length);
  expect(new Set(addresses).size).toBe(addresses.length);
});

test.each(routes.map((each) => [each.operationId, each] as const))('the example of %s fits its schemas', (_, each) => {
  const { params, body } = each.example;
  const wrong = Object.entries(each.params).filter(([name, schema]) => !schema.safeParse(params?.[name]).success);
  expect(wrong).toEqual([]);
  const issues = each.takes === 'json' ? each.body?.safeParse(body).error?.issues : undefined;
  expect(issues ?? []).toEqual([]);
});

test('what changes something is never open to a token that only reads', () => {
  const changing = routes.filter(({ method }) => !['GET', 'HEAD', 'OPTIONS'].includes(method));
  expect(changing.filter(({ scope }) => scope === 'read')).toEqual([]);
});

test('everything operators may do needs an administrator and the scope ops', () => {
  for (const each of routes.filter(({ path }) => path.startsWith('/admin/')))
    expect(each).toMatchObject({ who: 'A', scope: 'ops' });
});

test('every POST needs a key but those that api.md marks', () => {
  const without = routes.filter(({ method, idempotent }) => method === 'POST' && !idempotent).map(({ path }) => path);
  expect(without.toSorted()).toEqual(['/auth/demo/sign-in', '/signal-chains/validate', '/uploads']);
});

test('PUT, PATCH and DELETE of a versioned thing need If-Match', () => {
  const unlocked = routes
    .filter(({ method, lock }) => ['PUT', 'PATCH', 'DELETE'].includes(method) && !lock)
    .map(({ method, path }) => `${method} ${path}`);
  expect(unlocked.toSorted()).toEqual([
    'DELETE /me/api-tokens/{id}',
    'DELETE /me/sessions',
    'DELETE /me/sessions/{id}',
    'DELETE /session',
    'DELETE /uploads/{id}',
    'PATCH /uploads/{id}',
    'PUT /files/{sha256}',
  ]);
});
