import { GetPublicShootout, GetShootout, SessionsRevoked, ShootoutRenderStarted } from '@gts/contracts';
import { DomainError, type Id, type MessageId, type TenantId } from '@gts/kernel';
import type { Incoming } from '@gts/messaging';
import { anId } from '@gts/testing';
import { openEdge } from '../../../../../tests/support/edge';

const id = anId<'Shootout'>(40);
const runId = anId<'Run'>(41);
const STREAM = 'EVT_SHOOTOUTS';
let edge: Awaited<ReturnType<typeof openEdge>>;
let version = 1;
beforeEach(async () => {
  edge = await openEdge();
  edge.feed.start(STREAM, 10);
  edge.answers.set(GetShootout.name, ({ shootoutId }: { shootoutId: string }) => {
    if (shootoutId !== id) throw new DomainError({ kind: 'not-found', code: 'STORE.NOT_FOUND', message: '' });
    return { id, version, status: 'PROCESSING', visibility: 'private', selections: [], run: { runId, step: 'render' } };
  });
  edge.answers.set(GetPublicShootout.name, () => {
    throw new DomainError({ kind: 'not-found', code: 'STORE.NOT_FOUND', message: '' });
  });
});
afterEach(() => edge.close());

const message = (type: string, data: unknown, of: Incoming['aggregate']): Incoming => ({
  id: anId(50) as Id<'Message'> as MessageId,
  type,
  occurredAt: '2026-01-01T00:00:00.000Z' as Incoming['occurredAt'],
  tenantId: anId(2) as TenantId,
  aggregate: of,
  data,
});
const started = (seq: number) => ({
  stream: STREAM,
  seq,
  message: message(ShootoutRenderStarted.type, { shootoutId: id, runId }, { type: 'Shootout', id, version: seq }),
});

/** Opens a stream; `until` reads on until the text so far matches. */
async function open(query = `topics=shootout:${id}`, headers: Record<string, string> = {}) {
  const response = await fetch(`${edge.address}/events?${query}`, { headers: { ...edge.bearer, ...headers } });
  const reader = response.body?.getReader();
  let text = '';
  const until = async (wanted: RegExp): Promise<string> => {
    while (!wanted.test(text)) {
      const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
      if (done) throw new Error(`the stream ended with: ${text}`);
      text += new TextDecoder().decode(value);
    }
    return text;
  };
  return { response, until, stop: () => reader?.cancel() };
}

test('what happens while the snapshot is read is told after it', async () => {
  let reads = 0;
  const answer = edge.answers.get(GetShootout.name);
  edge.answers.set(GetShootout.name, (data: never) => {
    const read = answer?.(data);
    // The answer is on its way when somebody changes it.
    if (reads++ === 0) edge.feed.event(started(11));
    return read;
  });
  const { until, stop } = await open();
  const text = await until(/event: shootout.changed\ndata: .*\n\n/);
  expect(text.match(/^id: .*$/gm)).toEqual([`id: ${STREAM}:10`, `id: ${STREAM}:11`]);
  await stop();
});

test('a snapshot first, with the place in the stream, then what changes', async () => {
  const { response, until, stop } = await open();
  expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  const first = await until(/event: snapshot\ndata: .*\n\n/);
  expect(first).toContain('retry: 2000\n\n');
  expect(first).toContain(`id: ${STREAM}:10\n`);
  expect(first).toContain('"status":"PROCESSING"');
  version = 7;
  edge.feed.event(started(12));
  const changed = await until(/event: shootout\.changed\ndata: .*\n\n/);
  expect(changed).toContain(
    `id: ${STREAM}:12\nevent: shootout.changed\ndata: {"id":"${id}","version":7,"status":"PROCESSING"`,
  );
  await stop();
});

test('progress of the run comes without a place, that of other runs not at all', async () => {
  const { until, stop } = await open();
  await until(/event: snapshot/);
  const progress = { stage: 'amp', done: 1, total: 2 } as const;
  edge.feed.progress({ ...progress, runId: anId<'Run'>(99), percent: 1 });
  edge.feed.progress({ ...progress, runId, percent: 50 });
  const text = await until(/event: run\.progress\ndata: .*\n\n/);
  expect(text).toContain(`\n\nevent: run.progress\ndata: {"runId":"${runId}","stage":"amp","percent":50}`);
  expect(text).not.toContain('"percent":1}');
  await stop();
});

test('a reader that comes back gets what it missed, and a snapshot where that is forgotten', async () => {
  edge.feed.event(started(11));
  edge.feed.event(started(12));
  const again = await open(undefined, { 'last-event-id': `${STREAM}:11` });
  const text = await again.until(/event: shootout\.changed/);
  expect(text).not.toContain('event: snapshot');
  await again.stop();
  const lost = await open(undefined, { 'last-event-id': `${STREAM}:9` });
  expect(await lost.until(/event: snapshot/)).toMatch(/event: resync\ndata: \{"topic":"shootout:/);
  await lost.stop();
  const forged = await open(undefined, { 'last-event-id': 'EVT_OTHER:1' });
  await forged.until(/event: resync[^]*event: snapshot/);
  await forged.stop();
});

test('a stream that begins anew: resync and a fresh snapshot, then what changes', async () => {
  const { until, stop } = await open();
  await until(/event: snapshot\ndata: .*\n\n/);
  version = 8;
  edge.feed.restart(STREAM, 0);
  const text = await until(/event: resync[^]*event: snapshot\ndata: .*\n\n/);
  expect(text).toMatch(new RegExp(`id: ${STREAM}:11\\nevent: resync\\ndata: \\{"topic":"shootout:${id}"\\}`));
  expect(text).toMatch(/event: resync[^]*event: snapshot\ndata: .*"version":8/);
  edge.feed.event(started(1));
  expect(await until(/event: shootout\.changed\ndata: .*\n\n/)).toContain(`id: ${STREAM}:12\nevent: shootout.changed`);
  await stop();
  // A place of the stream before is not taken for one of the new.
  const back = await open(undefined, { 'last-event-id': `${STREAM}:10` });
  await back.until(/event: resync[^]*event: snapshot/);
  await back.stop();
});

test('a lost right ends the topic, and with the last topic the stream', async () => {
  const { until } = await open();
  await until(/event: snapshot/);
  edge.answers.set(GetShootout.name, () => {
    throw new DomainError({ kind: 'not-found', code: 'STORE.NOT_FOUND', message: '' });
  });
  edge.feed.event(started(13));
  expect(await until(/event: bye/)).toContain('event: gone');
});

test('the end of the session ends the stream', async () => {
  const response = await fetch(`${edge.address}/events?topics=shootout:${id}`, { headers: edge.cookies });
  const text = response.text();
  edge.feed.event({
    stream: 'EVT_IDENTITY',
    seq: 1,
    message: message(
      SessionsRevoked.type,
      { userId: anId(1), sessionIds: 'all' },
      { type: 'User', id: anId(1), version: 2 },
    ),
  });
  expect(await text).toContain('event: bye\ndata: {"reason":"session-ended"}');
});

test.each([
  [`topics=shootout:${anId(77)}`, 404],
  ['topics=shootout:x', 404],
  ['topics=weather', 400],
  ['', 400],
  [`topics=${Array.from({ length: 21 }, (_, i) => `shootout:${anId(i)}`).join(',')}`, 400],
  ['topics=session&token=x', 400],
])('%s is refused with %i', async (query, status) => {
  expect((await edge.ask(`/events?${query}`, { headers: edge.bearer })).status).toBe(status);
});

test('six streams a session, not seven', async () => {
  const streams = await Promise.all(Array.from({ length: 6 }, () => open()));
  await Promise.all(streams.map(({ until }) => until(/event: snapshot/)));
  expect((await edge.ask(`/events?topics=shootout:${id}`, { headers: edge.bearer })).status).toBe(429);
  for (const { stop } of streams) await stop();
});
