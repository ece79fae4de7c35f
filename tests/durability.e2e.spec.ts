import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { catalogue, declaredServices, topologyOf } from '@gts/contracts';
import { applyTopology, connectNats } from '@gts/messaging';
import { freePort, type NatsServer, startNats } from '@gts/testing';
import type { NatsConnection } from 'nats';
import { seenIn } from './support/doctor';
import { eventually } from './support/eventually';
import { type Health, oneService } from './support/one-service';

const topology = topologyOf(catalogue, declaredServices, { limits: 'development' });
const durables = topology.consumers.filter(({ service }) => service === 'shootouts');
const folder = mkdtempSync(join(tmpdir(), 'gts-durable-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A broker with everything that services need, its monitor, and the pulls that wait for messages of `shootouts`. */
async function brokerThat(syncs: string) {
  const monitor = await freePort();
  const server: NatsServer = await startNats(
    `http: "127.0.0.1:${monitor}"\njetstream { store_dir: "."\n max_memory_store: 100MB\n max_file_store: 10GB\n ${syncs} }\n`,
  );
  const nc = await connectNats({ service: 'topology', url: server.url });
  await applyTopology(nc, topology, { mode: 'apply' });
  const env = { NATS_URL: server.url, NATS_MONITOR_URLS: `http://127.0.0.1:${monitor}`, TOPOLOGY_MODE: 'verify' };
  return { env, nc, pulls: () => pullsOf(nc), stop: () => nc.close().then(server.stop) };
}

async function pullsOf(nc: NatsConnection): Promise<number[]> {
  const jsm = await nc.jetstreamManager();
  const infos = await Promise.all(durables.map(({ stream, durable }) => jsm.consumers.info(stream, durable)));
  return infos.map(({ num_waiting: waiting }) => waiting);
}
const everyOne = (pulls: readonly number[]) => pulls.length > 0 && pulls.every((each) => each > 0);

/** A service that is as far as it comes: it waits for nothing more than this. */
const waitsFor =
  (...parts: string[]) =>
  ({ missing }: Health): boolean =>
    missing
      .map(({ what }) => what)
      .toSorted()
      .join() === parts.join();
const isReady = ({ status }: Health) => status === 200;

describe('a broker that answers before it syncs', () => {
  let broker: Awaited<ReturnType<typeof brokerThat>>;
  beforeAll(async () => {
    broker = await brokerThat('');
  });
  afterAll(() => broker.stop());

  test.each(['shootouts', 'gateway'])('%s: DURABILITY=strict refuses it, and pulls nothing', async (name) => {
    const service = await oneService(name, { ...broker.env, DURABILITY: 'strict' });
    try {
      const health = await service.health(waitsFor('durability', 'start'));
      expect(health).toMatchObject({ status: 503, durability: 'relaxed' });
      expect(new Set(await broker.pulls())).toEqual(new Set([0]));
    } finally {
      await service.end();
    }
  });

  test('DURABILITY=relaxed takes it with a warning, and pulls for every durable', async () => {
    const service = await oneService('shootouts', broker.env);
    try {
      expect(await service.health(isReady)).toMatchObject({ durability: 'relaxed', missing: [{ what: 'durability' }] });
      expect(await eventually(broker.pulls, everyOne)).toHaveLength(durables.length);
    } finally {
      await service.end();
    }
  });
});

test('DURABILITY=strict is served where the broker can sync before it answers: by all servers from 2.10 up', async () => {
  const old = await brokerThat('');
  const cannot = old.nc.info?.version.startsWith('2.9.') ?? false;
  await old.stop();
  const broker = await brokerThat(cannot ? '' : 'sync_interval: always');
  const env = { ...broker.env, DURABILITY: 'strict' };
  const service = await oneService('shootouts', env);
  try {
    const health = await service.health(cannot ? waitsFor('durability', 'start') : isReady);
    const pulls = cannot ? [] : await eventually(broker.pulls, everyOne);
    const { found } = await seenIn(folder, env);
    const said = found.filter(({ area, text }) => area === 'broker' && /^(nats-server|durability)/.test(text));
    const served = { status: 200, durability: 'strict', pulls: durables.length, doctor: ['ok', 'ok'] };
    const refused = { status: 503, durability: 'relaxed', pulls: 0, doctor: ['warn', 'FAIL'] };
    const { status, durability } = health;
    const doctor = said.map(({ level }) => level);
    expect({ status, durability, pulls: pulls.length, doctor }).toEqual(cannot ? refused : served);
  } finally {
    await service.end();
    await broker.stop();
  }
});
