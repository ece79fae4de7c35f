import { type NatsServer, startNats } from '@gts/testing';
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
