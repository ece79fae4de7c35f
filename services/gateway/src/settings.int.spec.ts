import { ListShootouts } from '@gts/contracts';
import { openEdge } from '../../../tests/support/edge';

const PAGE = 'https://studio.example';
let edge: Awaited<ReturnType<typeof openEdge>>;
let trusting: Awaited<ReturnType<typeof openEdge>>;
beforeAll(async () => {
  edge = await openEdge({ corsOrigins: [PAGE] });
  trusting = await openEdge({ trustedProxies: ['127.0.0.1'] });
});
afterAll(() => Promise.all([edge.close(), trusting.close()]));

test('an origin of CORS_ORIGINS reads with credentials, another does not', async () => {
  const allowed = await edge.ask('/limits', { headers: { origin: PAGE } });
  expect(allowed.headers.get('access-control-allow-origin')).toBe(PAGE);
  expect(allowed.headers.get('access-control-allow-credentials')).toBe('true');
  expect(allowed.headers.get('vary')).toContain('Origin');
  for (const origin of ['https://evil.example', `${PAGE}.evil.example`, 'null']) {
    const refused = await edge.ask('/limits', { headers: { origin } });
    expect(refused.headers.get('access-control-allow-origin')).toBeNull();
  }
});

test('a preflight of an allowed origin names the methods of the route', async () => {
  const headers = { origin: PAGE, 'access-control-request-method': 'PATCH' };
  const answer = await edge.ask('/me/sessions', { method: 'OPTIONS', headers });
  expect(answer.status).toBe(204);
  expect(answer.headers.get('access-control-allow-methods')).toContain('DELETE');
});

const guestsFrom = async (from: typeof edge, address: (i: number) => string) => {
  const asked = Array.from({ length: 130 }, (_, i) =>
    from.ask('/limits', { headers: { 'x-forwarded-for': address(i) } }),
  );
  return (await Promise.all(asked)).filter(({ status }) => status === 429).length;
};

test('51: X-Forwarded-For counts from TRUSTED_PROXIES only: nobody else escapes the limit by it', async () => {
  expect(await guestsFrom(edge, (i) => `10.0.0.${i}`)).toBeGreaterThan(0);
  expect(await guestsFrom(trusting, (i) => `10.0.0.${i}`)).toBe(0);
  expect(await guestsFrom(trusting, () => '10.9.9.9')).toBeGreaterThan(0);
});

test('health is for this machine and the proxies, not for whom they forward', async () => {
  const status = async (from: typeof edge, headers = {}) =>
    (await fetch(new URL('/health/ready', from.address), { headers })).status;
  expect([await status(edge), await status(trusting)]).toEqual([200, 200]);
  expect(await status(trusting, { 'x-forwarded-for': '192.0.2.8' })).toBe(404);
});

test('42: a cursor of 25 h ago has expired', async () => {
  edge.answers.set(ListShootouts.name, () => ({ items: [], next: 'further' }));
  const list = (query = '') => edge.ask(`/shootouts${query}`, { headers: edge.bearer });
  const cursor = `?cursor=${String((await list()).body['next'])}`;
  edge.clock.advance(23 * 3_600_000);
  expect((await list(cursor)).status).toBe(200);
  edge.clock.advance(2 * 3_600_000);
  expect(await list(cursor)).toMatchObject({ status: 400, code: 'HTTP.CURSOR_EXPIRED' });
});

test('the demonstration is a way to sign in, but not in production', async () => {
  const production = await openEdge({ production: true });
  expect((await edge.ask('/auth/providers')).body['items']).toEqual([{ id: 'demo', label: 'Demo', kind: 'demo' }]);
  expect((await production.ask('/auth/providers')).body['items']).toEqual([]);
  await production.close();
});
