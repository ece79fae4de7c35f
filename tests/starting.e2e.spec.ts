import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newAuthority, type NatsServer, startNats, withTls } from '@gts/testing';
import { oneService } from './support/one-service';

let nats: NatsServer;
beforeAll(async () => {
  nats = await startNats();
});
afterAll(() => nats.stop());

test.each([
  ['identity', ['durability', 'store', 'topology']],
  ['gateway', ['durability', 'topology']],
])('%s finds nothing of what it needs and names all of it at once: %j', async (name, wanted) => {
  const service = await oneService(name, {
    NATS_URL: nats.url,
    NATS_MONITOR_URLS: 'http://127.0.0.1:1',
    STORE_URL: 'mongodb://127.0.0.1:1/identity?replicaSet=rs0',
    TOPOLOGY_MODE: 'verify',
    DURABILITY: 'strict',
  });
  const named = ({ missing }: { missing: readonly { what: string }[] }) => missing.map(({ what }) => what);
  try {
    const health = await service.health((found) => wanted.every((each) => named(found).includes(each)));
    expect(health.status).toBe(503);
  } finally {
    await service.end();
  }
});

test('a broker with a certificate of our own authority is reached by NATS_CA_FILE', async () => {
  const ours = newAuthority();
  const broker = await startNats(...withTls(ours));
  const folder = mkdtempSync(join(tmpdir(), 'gts-authority-'));
  const caFile = join(folder, 'ca.pem');
  writeFileSync(caFile, ours.ca);
  const service = await oneService('gateway', { NATS_URL: `tls://localhost:${broker.port}`, NATS_CA_FILE: caFile });
  try {
    const health = await service.health(({ status }) => status === 200);
    expect(health.missing.map(({ what }) => what)).toEqual(['durability']);
  } finally {
    await service.end();
    await broker.stop();
    rmSync(folder, { recursive: true });
  }
});
