import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { openEdge } from '../../../../tests/support/edge';
import { clientErrorHandler } from './client-error';
import { openedAhead } from './opened-ahead';

const REQUEST = 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';

/** A server that waits 50 ms for headers, and a connection over which it has waited for them in vain. */
async function expired(keepMs: number): Promise<{ server: Server; socket: Socket; answer: Promise<string> }> {
  const server = createServer({ headersTimeout: 50, connectionsCheckingInterval: 10 }, (_, response) => {
    response.end('served');
  });
  server.on('clientError', clientErrorHandler(() => 'trace') as (error: Error, socket: unknown) => void);
  openedAhead(server, keepMs);
  const late = once(server, 'clientError');
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  let answer = '';
  socket.setEncoding('utf8').on('data', (text: string) => (answer += text));
  const closed = once(socket, 'close').then(() => answer);
  await late;
  return { server, socket, answer: closed };
}

test('a request over a connection that was opened long ago is served', async () => {
  const { server, socket, answer } = await expired(60_000);
  socket.write(REQUEST);
  expect(await answer).toMatch(/^HTTP\/1\.1 200 [^]*served/);
  server.close();
});

test('headers that begin over it have their usual time', async () => {
  const { server, socket, answer } = await expired(60_000);
  socket.write('GET / HTTP/1.1\r\n');
  expect(await answer).toMatch(/^HTTP\/1\.1 408 /);
  server.close();
});

test.each([
  ['never used', ''],
  ['with nothing but empty lines', '\r\n'],
])('%s: it ends without an answer when its time is over', async (_name, text) => {
  const { server, socket, answer } = await expired(200);
  socket.write(text);
  expect(await answer).toBe('');
  server.close();
});

test('who closes does not wait for it', async () => {
  const edge = await openEdge();
  const socket = connect(edge.port, '127.0.0.1').resume();
  const closed = once(socket, 'close');
  await once(socket, 'connect');
  // What is answered over one connection was accepted after the other.
  await edge.ask('/problems');
  await edge.close();
  expect(await closed).toEqual([false]);
});
