import { connect } from 'node:net';
import type { RpcClient } from '@gts/messaging';
import { silentLogger } from '@gts/observability';
import { manualClock } from '@gts/testing';
import { OpenStreams } from '../application/events/open-streams';
import type { Ports } from '../application/ports';
import { listen, type Listening } from '../gateway.module';

const clock = manualClock();
const settings = {
  publicUrl: 'http://localhost',
  corsOrigins: [],
  trustedProxies: [],
  production: false,
  version: 'test',
};
// Nothing of these requests goes further than the edge.
const ports = {
  settings,
  clock,
  streams: new OpenStreams(),
  logger: silentLogger,
  rpc: {} as RpcClient,
} as unknown as Ports;
let edge: Listening;
beforeAll(async () => {
  edge = await listen(ports, { host: '127.0.0.1', port: 0 });
});
afterAll(() => edge.close());

const raw = (text: string): Promise<string> =>
  new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(edge.port, '127.0.0.1', () => socket.write(text));
    socket
      .on('data', (chunk) => (answer += chunk.toString()))
      .on('close', () => resolve(answer))
      .on('error', reject);
  });

test.each([
  [
    'two lengths',
    'POST /api/v1/shootouts HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
    '400',
  ],
  [
    'length and chunked',
    'POST /api/v1/shootouts HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
    '400',
  ],
  [
    'headers above 16 KiB',
    `GET /api/v1/limits HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(17_000)}\r\nConnection: close\r\n\r\n`,
    '431',
  ],
  ['headers above every limit', `GET /api/v1/limits HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(60_000)}\r\n\r\n`, '431'],
  ['an endless request line', `GET /${'y'.repeat(60_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, '414'],
  ['a target that is no path', 'OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', '404'],
  ['no HTTP at all', 'hello\r\n\r\n', '400'],
])('%s', async (...[, text, status]) => {
  const answer = await raw(text);
  expect(answer.split(' ')[1]).toBe(status);
  expect(answer).toContain('application/problem+json');
});
