import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Answers a keep-alive agent may not carry over from one connection to another. */
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'proxy-connection', 'te']);
const LOOK_MS = 200;
const LOOK_WITHIN_MS = 2000;
const KEEP_MS = 60_000;

type Place = { readonly port: number; ready: boolean };
export type Balancer = Readonly<{
  url: string;
  /** Asks from now on whether somebody on that port of this machine is ready, and sends requests when so. */
  add(port: number): void;
  remove(port: number): void;
  /** Ports that get requests now. */
  serving(): readonly number[];
  stop(): Promise<void>;
}>;
type Held = Readonly<{ message: IncomingMessage; body: Buffer; response: ServerResponse }>;

async function bytesOf(message: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of message) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

const passedOn = (headers: IncomingMessage['headers']) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name)));

const refuse = (response: ServerResponse, why: string): void => {
  if (response.headersSent) response.destroy();
  else response.writeHead(502, { 'content-type': 'text/plain' }).end(why);
};

/** Whether the answer is that it is ready; a place that does not answer in time is not. */
function isReady(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const asked = request({ host: '127.0.0.1', port, path: '/health/ready', agent: false, timeout: LOOK_WITHIN_MS });
  asked.on('response', (answer) => resolve(answer.resume().statusCode === 200));
  asked.on('timeout', () => asked.destroy());
  asked.on('error', () => resolve(false));
  asked.on('close', () => resolve(false));
  asked.end();
  return promise;
}

/** Sends a held request to one place. Resolves false where nobody listened, so that nothing of it was sent. */
function forward({ message, body, response }: Held, port: number, agent: Agent): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const { method, url: path } = message;
  const headers = { ...passedOn(message.headers), ...(body.length > 0 && { 'content-length': body.length }) };
  const out = request({ host: '127.0.0.1', port, method, path, headers, agent });
  out.on('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, passedOn(answer.headers));
    answer.on('error', () => response.destroy());
    answer.pipe(response);
    resolve(true);
  });
  out.on('error', (error: NodeJS.ErrnoException) => {
    const isSent = error.code !== 'ECONNREFUSED';
    if (isSent) refuse(response, `the place behind ended the connection: ${error.code ?? error.message}`);
    resolve(isSent);
  });
  response.on('close', () => response.writableFinished || out.destroy());
  out.end(body);
  return promise;
}

/**
 * A balancer as one finds it in front of replicas: round robin among those whose readiness route says 200; a request
 * goes to another one only where the first refused the connection, never once a byte of it was sent.
 */
export async function startBalancer(): Promise<Balancer> {
  const places: Place[] = [];
  const agent = new Agent({ keepAlive: true });
  let turn = 0;
  const inTurn = (): readonly Place[] => {
    const ready = places.filter((each) => each.ready);
    const first = ready.length === 0 ? 0 : turn++ % ready.length;
    return [...ready.slice(first), ...ready.slice(0, first)];
  };
  const serve = async (message: IncomingMessage, response: ServerResponse) => {
    const held = { message, response, body: await bytesOf(message) };
    for (const place of inTurn()) if (await forward(held, place.port, agent)) return;
    refuse(response, 'nobody is ready');
  };
  const server = createServer((message, response) => void serve(message, response).catch(() => response.destroy()));
  server.keepAliveTimeout = KEEP_MS;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const look = () => {
    for (const place of places) void isReady(place.port).then((ready) => (place.ready = ready));
  };
  const looking = setInterval(look, LOOK_MS);
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    add: (port) => void places.push({ port, ready: false }),
    remove: (port) => void places.splice(0, places.length, ...places.filter((each) => each.port !== port)),
    serving: () => places.filter(({ ready }) => ready).map(({ port }) => port),
    stop: async () => {
      clearInterval(looking);
      agent.destroy();
      server.close();
      server.closeAllConnections();
      if (server.listening) await once(server, 'close');
    },
  };
}
