import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { anId } from '@gts/testing';
import {
  chain,
  demoBlocks,
  diTrack,
  type Headers,
  type Person,
  personWith,
  signedIn,
  withToken,
} from './support/people';
import { type Stack, startStack } from './support/stack';

// api.md §5: what concerns sessions, tokens, chains and shootouts. Names carry the number of the row.
let stack: Stack;
let guest: Person;
let ada: Person;
let writer: Person;
let di: Record<string, unknown>;
let chains: string[];

const RIFF = readFileSync(join(__dirname, '..', 'deploy', 'demo', 'di', 'palm-muted-riff.wav'));

beforeAll(async () => {
  stack = await startStack();
  guest = personWith(stack.url, { origin: stack.url });
  ada = await signedIn(stack.url, 'ada');
  writer = await withToken(stack.url, ada, ['read', 'write', 'render']);
  di = await diTrack(stack.url, ada, new Uint8Array(RIFF));
  chains = [];
  for (let i = 0; i < 17; i += 1) chains.push(await chain(ada, `Chain ${i}`));
}, 180_000);
afterAll(() => stack.stop());

const me = (headers: Headers) => personWith(stack.url, headers).ask('GET', '/me');
const bearer = (token: string): Headers => ({ authorization: `Bearer ${token}` });

test.each<[string, Headers, number]>([
  ['46: no session', {}, 401],
  ['46: a session of nobody', { cookie: `gts_session=${'a'.repeat(43)}` }, 401],
  ['47: an unknown token', bearer(`gts_${'a'.repeat(43)}`), 401],
  ['47: no token of ours', bearer('x'), 401],
  ['47: 16 KiB of token', bearer('x'.repeat(16_000)), 401],
])('%s', async (...[, headers, status]) => {
  expect((await me(headers)).status).toBe(status);
});

test('46, 47: a revoked session and a revoked token end within 5 s', async () => {
  const cleo = await signedIn(stack.url, 'cleo');
  const token = await withToken(stack.url, cleo, ['read']);
  const listed = (await cleo.ask('GET', '/me/api-tokens')).body['items'] as { id: string }[];
  expect((await token.ask('GET', '/me')).status).toBe(200);
  expect((await cleo.ask('DELETE', `/me/api-tokens/${listed[0]?.id ?? ''}`)).status).toBe(204);
  expect((await cleo.ask('DELETE', '/session')).status).toBe(204);
  expect((await cleo.ask('GET', '/me')).status).toBe(401);
  const until = async (tries: number): Promise<number> => {
    const { status } = await token.ask('GET', '/me');
    return status === 200 && tries > 0 ? until(tries - 1) : status;
  };
  expect(await until(500)).toBe(401);
});

test('48: a token that reads changes nothing', async () => {
  const reader = await withToken(stack.url, ada, ['read']);
  expect(await reader.post('/signal-chains', {})).toMatchObject({ status: 403, code: 'HTTP.SCOPE_MISSING' });
});

test('51: forged headers change nothing', async () => {
  const forged = {
    'x-user-id': anId(1),
    'x-tenant-id': anId(2),
    'x-internal-token': 'x',
    'x-forwarded-for': '1.2.3.4',
  };
  const [plain, with_] = [await writer.ask('GET', '/me'), await writer.ask('GET', '/me', { headers: forged })];
  expect(with_.body).toEqual(plain.body);
  expect((await guest.ask('GET', '/me', { headers: forged })).status).toBe(401);
});

test.each<[string, Headers]>([
  ['no token', { 'x-csrf-token': '' }],
  ['a foreign Origin', { origin: 'https://evil.example' }],
  ['the Origin null', { origin: 'null' }],
  ['another token', { 'x-csrf-token': 'a'.repeat(43) }],
])('53: a cookie with %s', async (_, headers) => {
  expect(await ada.post('/signal-chains', {}, headers)).toMatchObject({ status: 403, code: 'HTTP.CSRF_FAILED' });
});

test('53: the CSRF token of another session, of somebody else and of the same person', async () => {
  const chainOfMine = { name: 'Mine', blocks: await demoBlocks(ada) };
  for (const persona of ['ben', 'ada']) {
    const other = await signedIn(stack.url, persona);
    const token = { 'x-csrf-token': other.headers['x-csrf-token'] ?? '' };
    expect(await ada.post('/signal-chains', chainOfMine, token)).toMatchObject({
      status: 403,
      code: 'HTTP.CSRF_FAILED',
    });
    expect((await other.post('/signal-chains', chainOfMine)).status).toBe(201);
  }
});

test('56: a session that somebody else chose is replaced', async () => {
  const chosen = 'e'.repeat(43);
  const answer = await guest.post('/auth/demo/sign-in', { persona: 'ben' }, { cookie: `gts_session=${chosen}` });
  expect(answer.status).toBe(200);
  expect(answer.headers.getSetCookie().join()).not.toContain(chosen);
});

const shootout = (part: object = {}) => ({
  title: 'Bad input',
  diTrackId: di['id'],
  selections: [{ signalChainId: chains[0] }, { signalChainId: chains[1] }],
  ...part,
});
const of = (count: number) => chains.slice(0, count).map((signalChainId) => ({ signalChainId }));
const labelled = (one: string, two: string) => [
  { signalChainId: chains[0], label: one },
  { signalChainId: chains[1], label: two },
];

test.each<[string, () => object, string[]]>([
  ['19: two spellings of one label', () => ({ selections: labelled('e\u0301', '\u00e9') }), ['duplicate-label']],
  ['23: a malformed id', () => ({ diTrackId: 'x' }), ['invalid-id']],
  ['23: a chain of nobody', () => ({ selections: [...of(1), { signalChainId: anId(7) }] }), ['chain-unknown']],
  ['25: one tone', () => ({ selections: of(1) }), ['tone-count']],
  ['25: 17 tones', () => ({ selections: of(17) }), ['tone-count']],
  [
    '28: an excerpt that ends before it starts',
    () => ({ excerpt: { startMs: 5000, endMs: 4000 } }),
    ['excerpt-invalid'],
  ],
  ['28: an excerpt beyond the recording', () => ({ excerpt: { startMs: 0, endMs: 60_000 } }), ['excerpt-invalid']],
  ['28: half a second', () => ({ excerpt: { startMs: 0, endMs: 500 } }), ['excerpt-invalid']],
  ['16: 256 code points', () => ({ title: 'x'.repeat(256) }), ['out-of-range']],
  ['12: a position beyond every integer', () => ({ excerpt: { startMs: 2 ** 53, endMs: 1 } }), ['invalid-type']],
])('%s', async (...[, part, codes]) => {
  const answer = await writer.post('/shootouts', shootout(part()));
  expect(answer.status).toBe(422);
  expect(answer.findings).toEqual(expect.arrayContaining(codes));
});

test('16: 255 emoji are a title', async () => {
  expect((await writer.post('/shootouts', shootout({ title: '🎸'.repeat(255) }))).status).toBe(201);
});

test('26: the same chain and the same label twice are both reported', async () => {
  const twice = [
    { signalChainId: chains[0], label: 'Same' },
    { signalChainId: chains[0], label: 'Same' },
  ];
  const { status, findings } = await writer.post('/shootouts', shootout({ selections: twice }));
  expect(status).toBe(422);
  expect(findings).toEqual(expect.arrayContaining(['duplicate-chain', 'duplicate-label']));
});

const capture = (blocks: readonly object[]) => (blocks as { role: string }[]).find(({ role }) => role === 'amp') ?? {};
test.each<[string, (blocks: Awaited<ReturnType<typeof demoBlocks>>) => object[], string]>([
  ['29: no amp', ([, ir]) => [ir ?? {}], 'NO_AMP'],
  [
    '29: 13 blocks',
    (blocks) => [
      ...blocks,
      ...Array.from({ length: 11 }, () => ({ kind: 'effect', role: 'post_effect', effect: 'gain', params: {} })),
    ],
    'TOO_MANY_BLOCKS',
  ],
  [
    '29: 5 captures',
    (blocks) => [...Array.from({ length: 4 }, () => ({ ...capture(blocks), role: 'pedal' })), ...blocks],
    'TOO_MANY_CAPTURES',
  ],
  [
    '30: a parameter beyond its range',
    (blocks) => [...blocks, { kind: 'effect', role: 'post_effect', effect: 'gain', params: { gainDb: 25 } }],
    'PARAM_OUT_OF_RANGE',
  ],
  [
    '30: an unknown parameter',
    (blocks) => [...blocks, { kind: 'effect', role: 'post_effect', effect: 'gain', params: { loudness: 1 } }],
    'PARAM_UNKNOWN',
  ],
  [
    '30: reverb before the amp',
    (blocks) => [{ kind: 'effect', role: 'pedal', effect: 'delay', params: {} }, ...blocks],
    'EFFECT_PLACEMENT',
  ],
  [
    '30: a parameter as text',
    (blocks) => [...blocks, { kind: 'effect', role: 'post_effect', effect: 'gain', params: { gainDb: 'loud' } }],
    'invalid-type',
  ],
])('%s', async (...[, make, code]) => {
  const answer = await writer.post('/signal-chains', { name: 'Bad', blocks: make(await demoBlocks(guest)) });
  expect(answer.status).toBe(422);
  expect(answer.findings.some((each) => each.endsWith(code))).toBe(true);
});

test('31, 32, 33, 35, 36: a run from its draft to its end', async () => {
  const { body } = await ada.post('/shootouts', shootout());
  const id = String(body['id']);
  const lock = (version: unknown): Headers => ({ 'if-match': `"${String(version)}"` });
  const order = await ada.ask('PUT', `/shootouts/${id}/order`, {
    body: { order: [anId(1)] },
    headers: lock(body['version']),
  });
  expect(order.status).toBe(422);
  expect(order.findings).toContain('order-incomplete');
  expect((await guest.ask('GET', `/public/shootouts/${id}`)).status).toBe(404);
  const key = { 'idempotency-key': 'render-it-once' };
  const first = await ada.post(`/shootouts/${id}/render`, undefined, key);
  const again = await ada.post(`/shootouts/${id}/render`, undefined, key);
  expect([first.status, again.status, again.text]).toEqual([202, 202, first.text]);
  expect((await ada.post(`/shootouts/${id}/render`)).status).toBe(409);
  const edit = await ada.ask('PATCH', `/shootouts/${id}`, {
    body: { title: 'y' },
    headers: lock(first.body['version']),
  });
  expect([409, 412]).toContain(edit.status);
  expect((await ada.ask('DELETE', `/shootouts/${id}`, { headers: { 'if-match': '*' } })).status).toBe(409);
});

test('75: a context that is gone is 503 with a hint, within the deadline', async () => {
  process.kill(stack.facts().pids['signal-chains'] ?? 0, 'SIGKILL');
  const answer = await ada.ask('GET', `/signal-chains/${chains[0] ?? ''}`);
  expect({ status: answer.status, retry: answer.headers.get('retry-after') }).toEqual({ status: 503, retry: '1' });
});
