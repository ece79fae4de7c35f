import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { engineLack } from './test-engine.ts';

const folder = mkdtempSync(join(tmpdir(), 'gts-engine-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('an engine that somebody named and that is gone is named', async () => {
  const host = `unix://${join(folder, 'gone.sock')}`;
  expect(await engineLack(host)).toBe(`DOCKER_HOST=${host} does not answer`);
  expect(await engineLack('tcp://127.0.0.1:9')).toBe('DOCKER_HOST=tcp://127.0.0.1:9 does not answer');
});

test('an engine that accepts and never answers is named, too', async () => {
  const silent = createServer(() => {}).listen(join(folder, 'silent.sock'));
  await once(silent, 'listening');
  const host = `unix://${join(folder, 'silent.sock')}`;
  expect(await engineLack(host, 50)).toBe(`DOCKER_HOST=${host} does not answer`);
  silent.closeAllConnections();
  silent.close();
});

test.each(['unix', 'tcp'])('one that answers by %s is there', async (by) => {
  const engine = createServer((_, response) => response.end('OK'));
  engine.listen(by === 'unix' ? join(folder, 'docker.sock') : 0);
  await once(engine, 'listening');
  const address = engine.address();
  const host = typeof address === 'string' ? `unix://${address}` : `tcp://127.0.0.1:${address?.port}`;
  expect(await engineLack(host)).toBeUndefined();
  engine.closeAllConnections();
  engine.close();
});
