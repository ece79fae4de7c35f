import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createSecure } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, newAuthority } from '@gts/testing';
import { brokerDurability, monitorUrls } from './durability';

/** Answers `/jsz?config=1` as a broker does. */
const answering =
  (config: object | undefined): RequestListener =>
  (request, response) => {
    const known = request.url === '/jsz?config=1';
    response.writeHead(known ? 200 : 404).end(JSON.stringify(known ? { server_id: 'N', config } : {}));
  };

async function monitor(config: object | undefined) {
  const server = createServer(answering(config)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, close: () => void server.close() };
}

test.each([
  { name: 'all sync always', configs: [{ sync_always: true }, { sync_always: true }], level: 'strict' },
  { name: 'one does not', configs: [{ sync_always: true }, { max_memory: 1 }], level: 'relaxed' },
  { name: 'a server that knows no sync interval', configs: [{}], version: '2.9.10', level: 'relaxed' },
  { name: 'a monitor without JetStream', configs: [undefined], level: 'unknown' },
])('$name: $level', async ({ configs, version = '2.10.27', level }) => {
  const monitors = await Promise.all(configs.map(monitor));
  expect(await brokerDurability({ urls: monitors.map(({ url }) => url), version })).toBe(level);
  for (const { close } of monitors) close();
});

test('a monitor that does not answer leaves it unknown', async () => {
  const urls = [`http://127.0.0.1:${await freePort()}`];
  expect(await brokerDurability({ urls, version: '2.15.1' })).toBe('unknown');
});

test('a monitor with a certificate of our own authority is asked with it, and not without', async () => {
  const { ca, certificate: cert, key } = newAuthority();
  const caFile = join(mkdtempSync(join(tmpdir(), 'gts-monitor-')), 'ca.pem');
  writeFileSync(caFile, ca);
  const server = createSecure({ cert, key }, answering({ sync_always: true })).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const about = { urls: [`https://localhost:${(server.address() as AddressInfo).port}`], version: '2.15.1' };
  expect(await brokerDurability({ ...about, caFile })).toBe('strict');
  expect(await brokerDurability(about)).toBe('unknown');
  server.close();
  rmSync(join(caFile, '..'), { recursive: true });
});

test('monitors stand at port 8222 of the hosts of the broker, or where the setting says', () => {
  expect(monitorUrls('nats://a:4222,b:4222')).toEqual(['http://a:8222', 'http://b:8222']);
  expect(monitorUrls('nats://a:4222', 'http://m:1, http://m:2')).toEqual(['http://m:1', 'http://m:2']);
});
