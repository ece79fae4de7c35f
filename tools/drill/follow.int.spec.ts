import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { follow } from './follow.ts';

/** A server of event streams: `act` is called for each connection, with how many came before. */
async function streaming(act: (response: ServerResponse, nth: number, request: IncomingMessage) => void) {
  let nth = 0;
  const server = createServer((request, response) => act(response, nth++, request)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, stop: () => (server.close(), server.closeAllConnections()) };
}
const until = async (is: () => boolean) => {
  while (!is()) await new Promise((resolve) => setImmediate(resolve));
};
const open = (response: ServerResponse) => response.writeHead(200, { 'content-type': 'text/event-stream' });

test('it comes back with its last id after the wait that it was told, and keeps everything in order', async () => {
  const asked: (string | undefined)[] = [];
  const server = await streaming((response, nth, request) => {
    asked.push(request.headers['last-event-id'] as string | undefined);
    open(response).write('retry: 5\n\n:\n\n');
    // A notice may arrive in two parts.
    response.write(`id: EVT_SHOOTOUTS:${nth}\nevent: snap`);
    response.write('shot\ndata: {"n":1}\n\nevent: run.progress\ndata: {}\n\n');
    if (nth < 2) response.end();
  });
  const failures: string[] = [];
  const reader = follow({ url: server.url, headers: {}, topic: 'shootout:s', failed: (why) => failures.push(why) });
  await until(() => reader.opened() === 3 && reader.notices.length === 6);
  await reader.stop();
  server.stop();
  expect([asked, failures]).toEqual([[undefined, 'EVT_SHOOTOUTS:0', 'EVT_SHOOTOUTS:1'], []]);
  expect(reader.notices.slice(0, 2)).toEqual([
    { id: 'EVT_SHOOTOUTS:0', event: 'snapshot', data: { n: 1 } },
    { event: 'run.progress', data: {} },
  ]);
});

test('a connection that breaks, or is refused, is a failure', async () => {
  const server = await streaming((response, nth) => {
    if (nth === 0) return void response.writeHead(503).end();
    open(response).write('retry: 5\n\n', () => response.destroy());
  });
  const failures: string[] = [];
  const reader = follow({ url: server.url, headers: {}, topic: 'shootout:s', failed: (why) => failures.push(why) });
  await until(() => failures.length >= 2);
  await reader.stop();
  server.stop();
  expect(failures[0]).toBe('GET /events: 503');
});
