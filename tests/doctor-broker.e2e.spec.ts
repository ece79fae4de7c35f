import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { catalogue, declaredServices, topologyOf } from '@gts/contracts';
import { applyTopology, connectNats } from '@gts/messaging';
import { type NatsServer, startNats } from '@gts/testing';
import { failures, seenIn } from './support/doctor';

const folder = mkdtempSync(join(tmpdir(), 'gts-doctor-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
type Env = Readonly<Record<string, string>>;
const seen = (env: Env) => seenIn(folder, env);

describe('a broker', () => {
  const topology = topologyOf(catalogue, declaredServices, { limits: 'development' });
  let server: NatsServer;
  beforeAll(async () => {
    server = await startNats();
    const nc = await connectNats({ service: 'topology', url: server.url });
    await applyTopology(nc, topology, { mode: 'apply' });
    const jsm = await nc.jetstreamManager();
    await jsm.consumers.delete('CMD_RENDERING', 'rendering__work');
    await jsm.streams.update('EVT_IDENTITY', { max_bytes: 1024 * 1024 });
    await nc.close();
  });
  afterAll(() => server.stop());

  test('whose topology differs: every difference is named, with what to do', async () => {
    const { code, found } = await seen({ NATS_URL: server.url });
    expect(code).toBe(1);
    expect(failures(found, 'topology')).toEqual([
      'EVT_IDENTITY: max_bytes is 1048576, declared 67108864',
      'CMD_RENDERING/rendering__work: consumer is missing',
    ]);
    expect(failures(found, 'broker')).toEqual([]);
  });

  test('that is not as durable as demanded fails', async () => {
    const { found } = await seen({ NATS_URL: server.url, DURABILITY: 'strict' });
    expect(failures(found, 'broker')).toEqual([expect.stringMatching(/^durability (relaxed|unknown)/)]);
    // What knows no sync_interval is for development only.
    const about = found.find(({ area, text }) => area === 'broker' && text.startsWith('nats-server'));
    expect(about?.level).toBe(/ 2\.9\./.test(about?.text ?? '') ? 'warn' : 'ok');
  });
});

test('a broker that takes no message of 1 MiB fails, and the rest of it is told', async () => {
  const server = await startNats('max_payload: 524288');
  const { found } = await seen({ NATS_URL: server.url });
  await server.stop();
  expect(failures(found, 'broker')).toEqual(['max_payload 524288 bytes']);
  expect(failures(found, 'topology')).toEqual([expect.stringContaining('max_payload')]);
});
