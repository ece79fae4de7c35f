import { connect } from 'node:net';
import { anId } from '@gts/testing';
import { demoBlocks, type Headers, type Person, personWith, signedIn, withToken } from './support/people';
import { type Stack, startStack } from './support/stack';

// api.md §5: what concerns HTTP itself, through a real socket. Names carry the number of the row.
//
// Where the other rows are                          | Rows that come with what they are about
// bad-input-jobs    12 16 19 23 25 26 28-33 35 36   | 49 50 52     X-Tenant-Token
//                   46-48 51 53 56 75               | 54 55        sign-in through other providers
// bad-input-files   27 59-62 64 66 67               | 69 70 71     listening tests
// bad-input-runs    34 36 65 75                     | 72           webhooks
// bad-recordings    61-63                           | 74           TONE3000
// permissions       68                              | 46 (part)    suspending a user
// services/gateway  42 (25 h), 51 (proxies), 57, 58 | 23, 36, 73   parts about teams and listening tests
let stack: Stack;
let guest: Person;
let ada: Person;
let writer: Person;
let blocks: Awaited<ReturnType<typeof demoBlocks>>;
let slow: Readonly<Record<'headers' | 'body', Promise<string>>>;

beforeAll(async () => {
  stack = await startStack();
  guest = personWith(stack.url, { origin: stack.url });
  ada = await signedIn(stack.url, 'ada');
  writer = await withToken(stack.url, ada, ['read', 'write', 'render']);
  blocks = await demoBlocks(guest);
  // They are waited for while everything else is tried.
  slow = { headers: raw('GET / HTTP/1.1\r\nHost: x\r\n'), body: raw(`${headOfABody()}{`) };
}, 120_000);
afterAll(() => stack.stop());

/** After every refusal a new connection is served. */
afterEach(async () => {
  expect((await fetch(`${stack.url}/health/live`)).status).toBe(200);
});

const raw = (text: string): Promise<string> =>
  new Promise((resolve, reject) => {
    let answer = '';
    const { port, hostname } = new URL(stack.url);
    const socket = connect(Number(port), hostname, () => socket.write(text));
    socket
      .on('data', (chunk) => (answer += chunk.toString()))
      .on('close', () => resolve(answer))
      .on('error', reject);
  });
const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n`;
const POST = 'POST /api/v1/shootouts HTTP/1.1\r\nHost: x\r\n';
const headOfABody = (): string => {
  const own = Object.entries(writer.headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${POST}${own.join('')}Idempotency-Key: 12345678\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n`;
};

test.each([
  ['1: two lengths', `${POST}Content-Length: 1\r\nContent-Length: 2\r\n\r\n`, '400'],
  ['1: length and chunked', `${POST}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n`, '400'],
  ['2: headers above 16 KiB', `${get('/api/v1/limits')}X: ${'y'.repeat(17_000)}\r\n\r\n`, '431'],
  ['2: a request line above 8 KiB', `${get(`/${'y'.repeat(9000)}`)}\r\n`, '414'],
  ['2: without end', `GET /${'y'.repeat(90_000)}`, '414'],
  ['4: a target that is no path', 'GET http:\\evil HTTP/1.1\r\nHost: x\r\n\r\n', '400'],
])('%s', async (...[, text, status]) => {
  const answer = await raw(text);
  expect(answer.split(' ')[1]).toBe(status);
  expect(answer.toLowerCase()).toContain('application/problem+json');
});

test.each(['%2e%2e%2fetc%2fpasswd', '..%252fx', '%00', 'a%00.html', '%c0%ae%c0%ae/x', 'assets/../../package.json'])(
  '4: the path %s is no file',
  async (path) => {
    for (const answer of [await guest.ask('GET', `//${path}`), await guest.ask('GET', `/gear/${path}`)])
      expect([400, 404]).toContain(answer.status);
  },
);

test('5: an unknown path, a wrong method', async () => {
  expect((await guest.ask('GET', '/nope')).status).toBe(404);
  const wrong = await guest.ask('DELETE', '/limits');
  expect(wrong.status).toBe(405);
  expect(wrong.headers.get('allow')).toBe('GET, HEAD');
});

test('6: a type that the route does not produce', async () => {
  expect((await guest.ask('GET', '/limits', { headers: { accept: 'image/png' } })).status).toBe(406);
});

const deep = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
const chain = (part: object = {}) => ({ name: 'Bad input', blocks, ...part });
const json = { 'content-type': 'application/json', 'idempotency-key': 'a-key-of-bad-input' };
const send = (body: string | Uint8Array, headers: Headers = {}) =>
  writer.ask('POST', '/signal-chains', { body, headers: { ...json, ...headers } });

test.each<[string, string | Uint8Array]>([
  ['7: nothing', ''],
  ['7: text after the value', '{} x'],
  ['7: a byte order mark', '\ufeff{}'],
  ['7: UTF-16', Buffer.from('{}', 'utf16le')],
  ['10: a double key', '{"name":"a","name":"b"}'],
  ['10: depth 21', deep(21)],
  ['10: depth 100,000', deep(100_000)],
  ['12: 1e400', '{"name":"x","blocks":1e400}'],
  ['12: NaN', '{"name":NaN}'],
])('%s is malformed', async (_, body) => {
  expect(await send(body)).toMatchObject({ status: 400, code: 'HTTP.MALFORMED_JSON' });
});

test.each<[string, Headers, number]>([
  ['8: text/plain', { 'content-type': 'text/plain' }, 415],
  ['8: no type', { 'content-type': '' }, 415],
  ['8: charset utf-16', { 'content-type': 'application/json; charset=utf-16' }, 415],
  ['9: gzip', { 'content-encoding': 'gzip' }, 415],
])('%s', async (...[, headers, status]) => {
  expect((await send('{}', headers)).status).toBe(status);
});

test('11: 256 KiB and a byte, with and without its length', async () => {
  const body = ' '.repeat(256 * 1024 + 1);
  expect((await send(body)).status).toBe(413);
  const stream = new ReadableStream({
    start: (controller) => (controller.enqueue(Buffer.from(body)), controller.close()),
  });
  const init = { method: 'POST', headers: { ...writer.headers, ...json }, body: stream, duplex: 'half' };
  expect((await fetch(`${stack.url}/api/v1/signal-chains`, init)).status).toBe(413);
});

const own = (key: string) =>
  `{"name":"x","blocks":[{"kind":"gear","role":"amp","gearModelId":"${anId(1)}","${key}":{}}]}`;
test.each<[string, () => string | object, string[]]>([
  ['13: __proto__', () => own('__proto__'), ['unknown-field']],
  ['13: constructor', () => own('constructor'), ['unknown-field']],
  ['14: an unknown key', () => chain({ extra: 1 }), ['unknown-field']],
  ['15: 100,000 elements', () => `{"name":"x","blocks":[${'1,'.repeat(99_999)}1]}`, ['too-many-items']],
  ['16: an empty name', () => chain({ name: '' }), ['out-of-range']],
  ['16: only spaces', () => chain({ name: '   ' }), ['out-of-range']],
  ['16: 121 characters', () => chain({ name: 'x'.repeat(121) }), ['out-of-range']],
  ['17: NUL', () => chain({ name: 'a\u0000b' }), ['invalid-text']],
  ['17: a lone surrogate', () => '{"name":"\\ud800","blocks":[]}', ['invalid-text']],
  ['17: a control character', () => chain({ name: 'a\u0007' }), ['invalid-text']],
  ['20: an operator where a text is due', () => chain({ name: { $ne: null } }), ['invalid-type']],
  ['20: an array where a text is due', () => chain({ name: ['x'] }), ['invalid-type']],
])('%s', async (...[, body, findings]) => {
  const answer = await writer.post('/signal-chains', body());
  expect({ status: answer.status, findings: answer.findings }).toEqual({ status: 422, findings });
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
});

test('18: what looks dangerous is kept and returned as it is', async () => {
  const name = `\u202e\u200b<script>alert(1)</script>{{7*7}} $where '; drop table x; --`;
  const answer = await writer.post('/signal-chains', chain({ name }));
  expect(answer).toMatchObject({ status: 201, body: { name } });
});

test.each([
  ['20: an operator in the query', '/signal-chains?status[$ne]=x', 400],
  ['21: a search of 10,000', `/gear?q=${'x'.repeat(10_000)}`, 422],
  ['21: a bomb for regular expressions', '/gear?q=((((a%2B)%2B)%2B', 200],
  ['24: ../x as slug', '/gear/..%2Fx', 404],
  ['24: a long slug', `/gear/${'x'.repeat(5000)}`, 404],
  ['41: limit 0', '/signal-chains?limit=0', 400],
  ['41: limit 101', '/signal-chains?limit=101', 400],
  ['41: limit -1', '/signal-chains?limit=-1', 400],
  ['41: limit ten', '/signal-chains?limit=ten', 400],
  ['43: an unknown sort', '/gear?sort=oldest', 400],
  ['43: an unknown filter', '/gear?colour=red', 400],
  ['43: twice', '/gear?limit=1&limit=2', 400],
  ['44: deleted things as owner', '/signal-chains?includeDeleted=true', 403],
  ['45: minVersion abc', `/signal-chains/${anId(1)}?minVersion=abc`, 400],
  ['73: an unknown topic', '/events?topics=weather', 400],
  ['73: a foreign topic', `/events?topics=shootout:${anId(1)}`, 404],
  ['73: 21 topics', `/events?topics=${Array.from({ length: 21 }, (_, i) => `shootout:${anId(i)}`).join(',')}`, 400],
  ['73: a token in the query', '/events?topics=session&access_token=x', 400],
])('%s', async (...[, path, status]) => {
  expect((await writer.ask('GET', path)).status).toBe(status);
});

test('22: ids that are malformed, of something else or of nobody are one 404', async () => {
  const gear = (await guest.ask('GET', '/gear?limit=1')).body['items'] as { id: string }[];
  const ids = [anId(404).toUpperCase(), 'abc', gear[0]?.id, '0199f000-aaaa-7000-8000-000000000001', 'x'.repeat(36)];
  const answers = await Promise.all(ids.map((id) => writer.ask('GET', `/signal-chains/${id}`)));
  const bare = answers.map(({ status, body: { traceId: _trace, instance: _path, ...body } }) => ({ status, body }));
  for (const each of bare) expect(each).toEqual(bare[0]);
  expect(bare[0]?.status).toBe(404);
});

test('42: a cursor that is cut, changed, of somebody else or with other filters', async () => {
  await writer.post('/signal-chains', chain({ name: 'One more' }));
  const { next } = (await writer.ask('GET', '/signal-chains?limit=1')).body as { next: string };
  const cursors = [`cursor=${next.slice(0, -1)}`, `cursor=x${next.slice(1)}`, `cursor=${next}&status=DRAFT`];
  for (const query of cursors)
    expect(await writer.ask('GET', `/signal-chains?limit=1&${query}`)).toMatchObject({
      status: 400,
      code: 'HTTP.CURSOR_INVALID',
    });
  const ben = await signedIn(stack.url, 'ben');
  expect((await ben.ask('GET', `/signal-chains?limit=1&cursor=${next}`)).code).toBe('HTTP.CURSOR_INVALID');
  expect((await writer.ask('GET', `/signal-chains?limit=1&cursor=${next}`)).status).toBe(200);
});

test('37: no key, a short one, the same key with another body', async () => {
  const none = await writer.ask('POST', '/signal-chains', { body: chain() });
  expect(none).toMatchObject({ status: 400, code: 'HTTP.IDEMPOTENCY_KEY_MISSING' });
  expect((await writer.post('/signal-chains', chain(), { 'idempotency-key': '1234567' })).status).toBe(400);
  const key = { 'idempotency-key': 'the-same-key-again' };
  const first = await writer.post('/signal-chains', chain({ name: 'First' }), key);
  const again = await writer.post('/signal-chains', chain({ name: 'First' }), key);
  expect(again).toMatchObject({ status: 201, body: first.body });
  expect(again.headers.get('idempotent-replayed')).toBe('true');
  const other = await writer.post('/signal-chains', chain({ name: 'Second' }), key);
  expect(other).toMatchObject({ status: 422, code: 'BUS.COMMAND_ID_REUSED' });
});

test('38, 39: 50 parallel requests with one key are one effect; another person is independent', async () => {
  const key = { 'idempotency-key': 'fifty-at-once' };
  const answers = await Promise.all(
    Array.from({ length: 50 }, () => ada.post('/signal-chains', chain({ name: 'Fifty' }), key)),
  );
  expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
  expect(answers[0]?.status).toBe(201);
  const ben = await signedIn(stack.url, 'ben');
  const his = await ben.post('/signal-chains', chain({ name: 'Fifty' }), key);
  expect(his.status).toBe(201);
  expect(his.body['id']).not.toBe(answers[0]?.body['id']);
});

test('40: If-Match missing, stale, weak, *', async () => {
  const { body } = await writer.post('/signal-chains', chain({ name: 'Locked' }));
  const put = (ifMatch?: string) =>
    writer.ask('PUT', `/signal-chains/${String(body['id'])}`, {
      body: chain(),
      headers: ifMatch ? { 'if-match': ifMatch } : {},
    });
  expect((await put()).status).toBe(428);
  for (const lock of ['"99"', 'W/"1"', '*'])
    expect(await put(lock)).toMatchObject({ status: 412, body: { currentVersion: 1 } });
  expect((await put('"1"')).status).toBe(200);
  const gone = await writer.ask('DELETE', `/signal-chains/${String(body['id'])}`, { headers: { 'if-match': '*' } });
  expect(gone.status).toBe(204);
});

test('45: a version far ahead is waited for at most 2 s', async () => {
  const { body } = await writer.post('/signal-chains', chain({ name: 'Ahead' }));
  const answer = await writer.ask('GET', `/signal-chains/${String(body['id'])}?minVersion=99`);
  expect(answer).toMatchObject({ status: 503, code: 'HTTP.PROJECTION_LAG' });
  expect(answer.headers.get('retry-after')).toBe('1');
});

test.each([
  ['3: headers that never end', 'headers'],
  ['3: a body below 1 KiB/s', 'body'],
] as const)('%s', async (_name, what) => {
  const answer = await slow[what];
  expect(answer.split(' ')[1]).toBe('408');
  expect(answer.toLowerCase()).toContain('application/problem+json');
});
