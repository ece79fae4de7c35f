import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { startBalancer } from './balancer.ts';

type Reply = ServerResponse & { req: IncomingMessage };

const portOf = (server: { address(): unknown }): number => (server.address() as AddressInfo).port;
const ends: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

/** Somebody behind the balancer, who says his name and echoes what he got. */
async function place(name: string, own: { ready: boolean; answer?: RequestListener } = { ready: true }) {
  const answer = async (request: IncomingMessage, response: Reply) => {
    if (request.url === '/health/ready') return response.writeHead(own.ready ? 200 : 503).end();
    if (own.answer) return own.answer(request, response);
    let body = '';
    for await (const part of request) body += String(part);
    response.writeHead(200, { 'x-place': name }).end(`${request.method} ${request.url} ${body}`);
  };
  const server: Server = createServer((request, response) => void answer(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  ends.push(() => (server.close(), server.closeAllConnections()));
  return { port: portOf(server), own, end: () => (server.close(), server.closeAllConnections()) };
}

async function balancing(...ports: readonly number[]) {
  const balancer = await startBalancer();
  ends.push(() => balancer.stop());
  for (const port of ports) balancer.add(port);
  const until = async (count: number) => {
    while (balancer.serving().length !== count) await new Promise((resolve) => setImmediate(resolve));
  };
  await until(ports.length);
  return { ...balancer, until };
}

const placesOf = async (url: string, times: number) => {
  const found: string[] = [];
  for (let nth = 0; nth < times; nth++) found.push((await fetch(url)).headers.get('x-place') ?? 'nobody');
  return found.toSorted((a, b) => a.localeCompare(b));
};

test('requests go round, with body and path', async () => {
  const [a, b] = [await place('a'), await place('b')];
  const { url } = await balancing(a.port, b.port);
  expect(await placesOf(url, 4)).toEqual(['a', 'a', 'b', 'b']);
  const echoed = await fetch(`${url}/x?y=1`, { method: 'POST', body: 'hello' });
  expect(await echoed.text()).toBe('POST /x?y=1 hello');
});

test('who says 503 gets no more requests, and gets them again when he is ready', async () => {
  const [a, b] = [await place('a'), await place('b')];
  const { url, until } = await balancing(a.port, b.port);
  a.own.ready = false;
  await until(1);
  expect(await placesOf(url, 3)).toEqual(['b', 'b', 'b']);
  a.own.ready = true;
  await until(2);
  expect(await placesOf(url, 2)).toEqual(['a', 'b']);
});

test('a refused connection is tried elsewhere: nothing was sent', async () => {
  const [a, b] = [await place('a'), await place('b')];
  const { url } = await balancing(a.port, b.port);
  a.end();
  expect(await placesOf(url, 2)).toEqual(['b', 'b']);
});

test('a connection that ends after a request was sent is a failure, never a second try', async () => {
  let asked = 0;
  const own = { ready: true, answer: ((request) => (asked++, request.socket.destroy())) satisfies RequestListener };
  const [a, b] = [await place('a', own), await place('b', own)];
  const { url } = await balancing(a.port, b.port);
  expect([(await fetch(url, { method: 'POST', body: 'x' })).status, asked]).toEqual([502, 1]);
});

test('nobody ready is a failure, and so is a port where nobody listens', async () => {
  const idle = createTcpServer().listen(0, '127.0.0.1');
  await once(idle, 'listening');
  const port = portOf(idle);
  idle.close();
  const { url, add } = await balancing();
  add(port);
  expect((await fetch(url)).status).toBe(502);
});
