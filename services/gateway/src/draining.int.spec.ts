import { GetShootout } from '@gts/contracts';
import { Agent, get, type IncomingMessage } from 'node:http';
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
