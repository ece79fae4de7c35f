import { createHash } from 'node:crypto';
import { memoryArtefacts } from '@gts/artefacts';
import { DomainError } from '@gts/kernel';
import { GetShootout, ListShootouts, SignInDemo } from '@gts/contracts';
import { anId } from '@gts/testing';
import { openEdge } from '../../../tests/support/edge';

let edge: Awaited<ReturnType<typeof openEdge>>;
beforeAll(async () => {
  edge = await openEdge();
});
afterAll(() => edge.close());
beforeEach(() => void edge.calls.splice(0));
const key = { 'idempotency-key': 'a-key-of-mine' };
const ask: typeof edge.ask = (path, init) => edge.ask(path, init);

const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  ask(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...edge.cookies, ...key, ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
const shootoutId = anId<'Shootout'>(4);
const chain = anId<'SignalChain'>(5);
const valid = { title: 'x', diTrackId: anId(6), selections: [{ signalChainId: chain }] };

test('an unknown path is 404, a wrong method 405 with Allow, both with a trace id', async () => {
  const missing = await ask('/nope');
  expect(missing).toMatchObject({ status: 404, code: 'HTTP.NOT_FOUND' });
  expect(missing.headers.get('trace-id')).toMatch(/^[0-9a-f]{32}$/);
  expect(missing.body['traceId']).toBe(missing.headers.get('trace-id'));
  const wrong = await ask('/limits', { method: 'DELETE' });
  expect(wrong).toMatchObject({ status: 405, code: 'HTTP.METHOD_NOT_ALLOWED' });
  expect(wrong.headers.get('allow')).toBe('GET, HEAD');
});

test('HEAD answers as GET does, without a body', async () => {
  const head = await ask('/limits', { method: 'HEAD' });
  expect(head).toMatchObject({ status: 200, text: '' });
  expect(Number(head.headers.get('content-length'))).toBeGreaterThan(100);
});

test.each<[string, string, number, string]>([
  ['nothing', '', 400, 'HTTP.MALFORMED_JSON'],
  ['text after the value', '{}x', 400, 'HTTP.MALFORMED_JSON'],
  ['a double key', '{"title":"a","title":"b"}', 400, 'HTTP.MALFORMED_JSON'],
  ['depth 100,000', '['.repeat(100_000), 400, 'HTTP.MALFORMED_JSON'],
  ['256 KiB and a byte', ' '.repeat(256 * 1024 + 1), 413, 'HTTP.PAYLOAD_TOO_LARGE'],
  ['an unknown key', JSON.stringify({ ...valid, extra: 1 }), 422, 'HTTP.VALIDATION_FAILED'],
])('a body with %s', async (...[, body, status, code]) => {
  expect(await post('/shootouts', body)).toMatchObject({ status, code });
  expect(edge.calls.some(({ name }) => name === 'CreateShootout')).toBe(false);
});

test.each<[Record<string, string>, number]>([
  [{ 'content-type': 'text/plain' }, 415],
  [{ 'content-type': 'application/json; charset=utf-16' }, 415],
  [{ 'content-encoding': 'gzip' }, 415],
  [{ accept: 'image/png' }, 406],
])('headers %j are refused with %i', async (headers, status) => {
  expect((await post('/shootouts', valid, headers)).status).toBe(status);
});

test('a key that is missing or too short is 400, and every other finding comes with it', async () => {
  const { status, code, body } = await post('/shootouts', { ...valid, title: '' }, { 'idempotency-key': '1234567' });
  expect({ status, code }).toEqual({ status: 400, code: 'HTTP.IDEMPOTENCY_KEY_MISSING' });
  expect((body['errors'] as { code: string }[]).map((each) => each.code)).toEqual([
    'idempotency-key-missing',
    'out-of-range',
  ]);
});

test('the same key is the same command id, for this person and workspace only', async () => {
  await post('/shootouts', valid);
  await post('/shootouts', valid);
  const [first, second] = edge.calls.filter(({ name }) => name === 'CreateShootout');
  expect(first?.ctx.commandId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(second?.ctx.commandId).toBe(first?.ctx.commandId);
});

test('a service that is away is 503 with a hint, never 500', async () => {
  const { status, code, headers } = await post('/shootouts', valid);
  expect({ status, code }).toEqual({ status: 503, code: 'HTTP.DEPENDENCY_UNAVAILABLE' });
  expect(headers.get('retry-after')).toBe('1');
});

test.each<[string, Record<string, string>, number, string]>([
  ['no origin', { origin: '' }, 403, 'HTTP.CSRF_FAILED'],
  ['a foreign origin', { origin: 'https://evil.example' }, 403, 'HTTP.CSRF_FAILED'],
  ['the origin null', { origin: 'null' }, 403, 'HTTP.CSRF_FAILED'],
  ['no CSRF token', { 'x-csrf-token': '' }, 403, 'HTTP.CSRF_FAILED'],
  ['no session', { cookie: '' }, 401, 'HTTP.UNAUTHENTICATED'],
])('a cookie request with %s', async (...[, headers, status, code]) => {
  expect(await post('/shootouts', valid, headers)).toMatchObject({ status, code });
});

test('a read token reads and nothing else', async () => {
  edge.answers.set(ListShootouts.name, () => ({ items: [], next: null }));
  expect((await ask('/shootouts', { headers: edge.bearer })).status).toBe(200);
  const refused = await ask('/shootouts', {
    method: 'POST',
    headers: { ...edge.bearer, ...key, 'content-type': 'application/json' },
    body: JSON.stringify(valid),
  });
  expect(refused).toMatchObject({ status: 403, code: 'HTTP.SCOPE_MISSING' });
});

test.each([
  ['/shootouts?limit=0', 400, 'HTTP.INVALID_PARAMETER'],
  ['/shootouts?limit=1&limit=2', 400, 'HTTP.INVALID_PARAMETER'],
  ['/shootouts?nope=1', 400, 'HTTP.UNKNOWN_PARAMETER'],
  ['/shootouts?cursor=abc', 400, 'HTTP.CURSOR_INVALID'],
  ['/shootouts?access_token=x', 400, 'HTTP.CREDENTIALS_IN_URL'],
  ['/shootouts?includeDeleted=true', 403, 'HTTP.FORBIDDEN'],
  [`/shootouts?q=${'x'.repeat(10_000)}`, 422, 'HTTP.VALIDATION_FAILED'],
  [`/shootouts/${'0199f000-aaaa-7000-8000-000000000001'.toUpperCase()}`, 404, 'HTTP.NOT_FOUND'],
  ['/shootouts/%2e%2e%2fx', 404, 'HTTP.NOT_FOUND'],
  ['/shootouts/%c0%ae', 400, 'HTTP.BAD_REQUEST'],
  [`/${'x'.repeat(9000)}`, 414, 'HTTP.URI_TOO_LONG'],
])('GET %s', async (path, status, code) => {
  expect(await ask(path, { headers: edge.bearer })).toMatchObject({ status, code });
});

test('cursors come back sealed and open only for the same list', async () => {
  edge.answers.set(ListShootouts.name, () => ({ items: [], next: 'inner' }));
  const { body, headers } = await ask('/shootouts?limit=2', { headers: edge.bearer });
  expect(headers.get('link')).toContain('rel="next"');
  edge.calls.splice(0);
  const cursor = encodeURIComponent(String(body['next']));
  expect((await ask(`/shootouts?limit=2&cursor=${cursor}`, { headers: edge.bearer })).status).toBe(200);
  expect(edge.calls.at(-1)?.data).toMatchObject({ cursor: 'inner' });
  expect((await ask(`/shootouts?limit=2&q=x&cursor=${cursor}`, { headers: edge.bearer })).code).toBe(
    'HTTP.CURSOR_INVALID',
  );
});

test('one resource has an ETag; unchanged is 304', async () => {
  edge.answers.set(GetShootout.name, () => ({ id: shootoutId, version: 7, eventSeq: 3 }));
  const found = await ask(`/shootouts/${shootoutId}`, { headers: edge.bearer });
  expect(found.headers.get('etag')).toBe('"7"');
  expect((await ask(`/shootouts/${shootoutId}`, { headers: { ...edge.bearer, 'if-none-match': '"7"' } })).status).toBe(
    304,
  );
});

test.each([
  [undefined, 428],
  ['W/"3"', 412],
  ['*', 412],
  ['"3"', 412],
])('PATCH with If-Match %s is %i', async (ifMatch, status) => {
  edge.answers.set('UpdateShootout', ({ expectedVersion }: { expectedVersion: number }) => {
    if (expectedVersion !== 7)
      throw new DomainError({
        kind: 'conflict',
        code: 'STORE.VERSION_CONFLICT',
        message: '',
        details: { currentVersion: 7 },
      });
    return { id: shootoutId, version: 8 };
  });
  const headers = { ...edge.cookies, 'content-type': 'application/json', ...(ifMatch ? { 'if-match': ifMatch } : {}) };
  const answer = await ask(`/shootouts/${shootoutId}`, { method: 'PATCH', headers, body: '{"title":"y"}' });
  expect(answer.status).toBe(status);
  expect(answer.body['currentVersion']).toBe(status === 412 ? 7 : undefined);
});

test('signing in replaces whatever session was sent', async () => {
  const stored = { expiresAt: '2099-01-01T00:00:00.000Z' };
  edge.answers.set(SignInDemo.name, () => ({ user: null, tenant: null, role: null, session: stored }));
  const answer = await post(
    '/auth/demo/sign-in',
    { persona: 'ada' },
    { cookie: `gts_session=${'e'.repeat(43)}`, 'x-csrf-token': '' },
  );
  expect(answer.status).toBe(200);
  expect(answer.headers.get('set-cookie')).toMatch(
    /^gts_session=(?!e{43})[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Expires=/,
  );
});

test('every answer carries the security headers; long ones are compressed as the client likes', async () => {
  const { headers } = await ask('/openapi.json', { headers: { 'accept-encoding': 'br' } });
  expect(headers.get('content-encoding')).toBe('br');
  expect(headers.get('content-security-policy')).toContain("default-src 'self'");
  expect(headers.get('x-content-type-options')).toBe('nosniff');
});

test('a burst above the bucket is 429 with a hint; others go on', async () => {
  const statuses = await Promise.all(Array.from({ length: 130 }, async () => (await ask('/effects')).status));
  expect(statuses).toContain(429);
  expect((await ask('/effects')).headers.get('retry-after')).toBe('1');
  expect((await ask('/shootouts', { headers: edge.bearer })).status).toBe(200);
});

test('a staged file has the hash that was promised', async () => {
  edge.answers.set('StageFile', (data: object) => ({
    ...data,
    expiresAt: '2099-01-01T00:00:00.000Z',
    alreadyStaged: false,
  }));
  const bytes = Buffer.from('hello');
  const hash = createHash('sha256').update(bytes).digest('hex');
  const put = (name: string) => ask(`/files/${name}`, { method: 'PUT', headers: edge.cookies, body: bytes });
  expect(await put(hash)).toMatchObject({ status: 201, body: { sha256: hash, bytes: 5 } });
  expect(await put('0'.repeat(64))).toMatchObject({ status: 460, code: 'HTTP.CHECKSUM_MISMATCH' });
});

test('bytes that are refused lose our own mark only, bytes that are accepted too', async () => {
  const text = Buffer.from('a capture that a model plays already');
  const hash = createHash('sha256').update(text).digest('hex');
  const gear = memoryArtefacts({ context: 'gear-catalog', clock: edge.clock, shelf: edge.shelf });
  await gear.put(text);
  const put = (name: string) => ask(`/files/${name}`, { method: 'PUT', headers: edge.cookies, body: text });
  expect((await put('0'.repeat(64))).status).toBe(460);
  expect([...(edge.shelf.get(hash)?.marks ?? [])]).toEqual(['gear-catalog']);
  edge.answers.delete('StageFile');
  expect((await put(hash)).status).toBe(503);
  expect([...(edge.shelf.get(hash)?.marks ?? [])]).toEqual(['gear-catalog']);
});
