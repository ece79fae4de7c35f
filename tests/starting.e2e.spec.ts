import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { freePort, type NatsServer, startNats } from '@gts/testing';
import { eventually } from './support/eventually';

type Health = Readonly<{ status: string; missing: readonly { what: string }[] }>;

const main = join(__dirname, '..', 'services', 'identity', 'dist', 'bundle', 'main.js');
let nats: NatsServer;
let service: ChildProcess;
beforeAll(async () => {
  nats = await startNats();
});
afterAll(async () => {
  service.kill('SIGKILL');
  await once(service, 'exit');
  await nats.stop();
});

test('a service that finds neither store nor streams nor strict durability names all three at once', async () => {
  const port = await freePort();
  const env = {
    ...process.env,
    NATS_URL: nats.url,
    NATS_MONITOR_URLS: 'http://127.0.0.1:1',
    STORE_URL: 'mongodb://127.0.0.1:1/identity?replicaSet=rs0',
    OPS_PORT: String(port),
    TOPOLOGY_MODE: 'verify',
    DURABILITY: 'strict',
    INTERNAL_KEYS_FILE: '/dev/null',
    INTERNAL_SIGNING_KEY: '{}',
    VAULT_KEYS: 'k:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=',
  };
  service = spawn(process.execPath, [main], { env, stdio: 'ignore' });
  const asked = async (): Promise<readonly string[]> => {
    const answer = await fetch(`http://127.0.0.1:${port}/health/ready`).catch(() => undefined);
    if (answer === undefined) return [];
    return ((await answer.json()) as Health).missing.map(({ what }) => what);
  };
  const wanted = ['durability', 'store', 'topology'];
  const missing = await eventually(asked, (found) => wanted.every((each) => found.includes(each)));
  expect(missing).toEqual(expect.arrayContaining(wanted));
});
