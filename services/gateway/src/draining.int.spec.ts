import { AppendChunk, GetShootout, GetUpload } from '@gts/contracts';
import { once } from 'node:events';
import { Agent, get, type IncomingMessage, request } from 'node:http';
import { anId } from '@gts/testing';
import { openEdge } from '../../../tests/support/edge';

// operations.md §6: what clients of a gateway see from the moment in which it is told to end.
let edge: Awaited<ReturnType<typeof openEdge>>;
beforeEach(async () => {
  edge = await openEdge();
});
afterEach(() => edge.close());

/** The `Connection` header of an answer to a client that would like to keep the connection. */
async function connectionOf(path: string): Promise<string | undefined> {
  const agent = new Agent({ keepAlive: true });
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  get(`${edge.address}${path}`, { agent }, resolve).on('error', reject);
  const answer = await promise;
  answer.resume();
  agent.destroy();
  return answer.headers.connection;
}

test.each(['/problems', '/nowhere', '/shootouts'])(
  'answers of %s end their connection while it drains',
  async (path) => {
    expect(await connectionOf(path)).toBe('keep-alive');
    edge.leave();
    expect(await connectionOf(path)).toBe('close');
  },
);

test('streams end at once with a reason and a pause before the next try; requests are still served', async () => {
  const id = anId<'Shootout'>(40);
  edge.answers.set(GetShootout.name, () => ({
    id,
    version: 1,
    status: 'DRAFT',
    visibility: 'private',
    selections: [],
  }));
  const response = await fetch(`${edge.address}/events?topics=shootout:${id}`, { headers: edge.bearer });
  edge.leave();
  const text = await response.text();
  expect(text).toContain('retry: 2000\n');
  expect(text).toContain('event: bye\ndata: {"reason":"restart"}');
  expect((await edge.ask(`/shootouts/${id}`, { headers: edge.bearer })).status).toBe(200);
});

test('an upload of which half has arrived is taken to its end and answered', async () => {
  const id = anId<'Upload'>(41);
  const half = Buffer.alloc(1000);
  const upload = { id, status: 'OPEN', length: 2000, offset: 0, chunks: [], expiresAt: '2026-01-02T00:00:00.000Z' };
  const asked = Promise.withResolvers<void>();
  edge.answers.set(GetUpload.name, () => (asked.resolve(), structuredClone(upload)));
  edge.answers.set(AppendChunk.name, ({ chunk }: { chunk: { bytes: number } }) =>
    Object.assign(upload, { offset: upload.offset + chunk.bytes }),
  );
  const sending = request(`${edge.address}/uploads/${id}`, {
    method: 'PATCH',
    headers: {
      ...edge.cookies,
      'tus-resumable': '1.0.0',
      'content-type': 'application/offset+octet-stream',
      'upload-offset': '0',
    },
  });
  const answered = once(sending, 'response') as Promise<[IncomingMessage]>;
  sending.write(half);
  await asked.promise;

  edge.leave();
  const closed = edge.close();
  sending.end(half);
  const [answer] = await answered;
  answer.resume();
  await closed;

  expect([answer.statusCode, answer.headers.connection, upload.offset]).toEqual([204, 'close', 2000]);
});
