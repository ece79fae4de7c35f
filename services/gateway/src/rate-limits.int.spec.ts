import { AuthoriseRequest, ListShootouts } from '@gts/contracts';
import { openEdge } from '../../../tests/support/edge';

let edge: Awaited<ReturnType<typeof openEdge>>;
beforeEach(async () => {
  edge = await openEdge();
  edge.answers.set(ListShootouts.name, () => ({ items: [], next: null }));
});
afterEach(() => edge.close());

const list = (headers: Record<string, string>) => edge.ask('/shootouts', { headers });
const bearer = (name: string) => ({ authorization: `Bearer gts_${name.padEnd(43, 'x')}` });
const asked = () => edge.calls.filter(({ name }) => name === AuthoriseRequest.name).length;
const statusesOf = (times: number, headersOf: (i: number) => Record<string, string>) =>
  Promise.all(Array.from({ length: times }, async (_, i) => (await list(headersOf(i))).status));
const times = (statuses: readonly number[], status: number) => statuses.filter((each) => each === status).length;

test('secrets that are nobody’s are counted before identity is asked; who is known goes on', async () => {
  expect((await list(edge.bearer)).status).toBe(200);
  const statuses = await statusesOf(200, (i) => bearer(String(i)));
  expect([times(statuses, 401), times(statuses, 429)]).toEqual([120, 80]);
  expect(asked()).toBe(121);
  const refused = await list(bearer('one more'));
  expect(refused).toMatchObject({ status: 429, code: 'HTTP.RATE_LIMITED' });
  expect(refused.headers.get('retry-after')).toBe('1');
  expect((await list(edge.bearer)).status).toBe(200);
  expect((await edge.ask('/effects')).status).not.toBe(429);
});

test('one bad secret over and over is limited as well, also one that is no token of ours', async () => {
  const statuses = await statusesOf(150, (i) => (i % 2 ? bearer('same') : { authorization: 'Bearer no' }));
  expect([times(statuses, 401), times(statuses, 429)]).toEqual([120, 30]);
});

test('a 401 says how many are left; a cookie of nobody counts as well', async () => {
  const refused = await list(bearer('nobody'));
  expect([refused.status, refused.headers.get('ratelimit-remaining')]).toEqual([401, '119']);
  await list({ cookie: `gts_session=${'n'.repeat(43)}` });
  expect((await list(bearer('nobody'))).headers.get('ratelimit-remaining')).toBe('117');
});

test('who turns out to be somebody gets the attempt back', async () => {
  const { headers } = await list(edge.bearer);
  expect(headers.get('ratelimit-limit')).toBe('600');
  expect((await list(bearer('nobody'))).headers.get('ratelimit-remaining')).toBe('119');
});

test('a session and a token of one workspace share its bucket; others behind the address go on', async () => {
  const statuses = await statusesOf(700, (i) => (i % 2 ? edge.bearer : edge.cookies));
  expect([times(statuses, 200), times(statuses, 429)]).toEqual([600, 100]);
  const { headers } = await list(edge.cookies);
  expect([headers.get('ratelimit-limit'), headers.get('ratelimit-remaining')]).toEqual(['600', '0']);
  expect((await edge.ask('/limits')).status).toBe(200);
});
