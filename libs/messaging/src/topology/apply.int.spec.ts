import { declareService, type Topology, topologyOf } from '@gts/contracts';
import { Happened, type NatsServer, startNats, toys } from '@gts/testing';
import { AckPolicy, type NatsConnection } from 'nats';
import { connectNats } from '../nats/connect';
import { applyTopology } from './apply';

const declaration = declareService('rendering', {
  subscriptions: [{ name: 'count', kind: 'handler', from: [Happened] }],
});
const topology: Topology = topologyOf([toys], [declaration], { limits: 'development' });
const EVENTS = 'EVT_SHOOTOUTS';
const changed = (change: Partial<Topology['streams'][number]>): Topology => ({
  ...topology,
  streams: topology.streams.map((each) => (each.name === EVENTS ? { ...each, ...change } : each)),
});

let server: NatsServer;
let nc: NatsConnection;
beforeEach(async () => {
  server = await startNats();
  nc = await connectNats({ service: 'topology', url: server.url });
});
afterEach(async () => {
  await nc.close();
  await server.stop();
});

const said: string[] = [];
const apply = async (wanted: Topology, allowDestructive = false) => {
  said.length = 0;
  await applyTopology(nc, wanted, { mode: 'apply', allowDestructive, tell: (line) => void said.push(line) });
  return [...said];
};
const messages = async () => (await (await nc.jetstreamManager()).streams.info(EVENTS)).state.messages;

test('made once, nothing is said the second time; a wider limit is changed in place', async () => {
  expect(await apply(topology)).toContain(`${EVENTS}: made`);
  await nc.jetstream().publish('evt.shootouts.p00.Toy.Happened', 'x');
  expect(await apply(topology)).toEqual([]);
  expect(await apply(changed({ maxBytes: 128 * 2 ** 20 }))).toEqual([
    expect.stringMatching(/^EVT_SHOOTOUTS: max_bytes/),
  ]);
  expect(await messages()).toBe(1);
});

describe('what would lose messages or positions', () => {
  const body = 'x'.repeat(4096);
  beforeEach(async () => {
    await apply({ ...topology, streams: topology.streams.filter(({ name }) => name !== 'PRG') });
    await nc.jetstream().publish('evt.shootouts.p00.Toy.Happened', body);
    const jsm = await nc.jetstreamManager();
    await jsm.consumers.delete(EVENTS, 'rendering__count');
    await jsm.consumers.add(EVENTS, { durable_name: 'rendering__count', ack_policy: AckPolicy.None });
  });

  test('is refused with all of it, before anything is changed', async () => {
    const refused = apply(changed({ storage: 'memory', maxBytes: 1024 }));
    await expect(refused).rejects.toMatchObject({
      code: 'BUS.TOPOLOGY_REFUSED',
      message: expect.stringMatching(/storage.*holds \d+ bytes.*ack_policy/s) as string,
    });
    expect(said).toEqual([]);
    expect(await messages()).toBe(1);
    await expect((await nc.jetstreamManager()).streams.info('PRG')).rejects.toThrow('stream not found');
  });

  test('is done where an operator said so, with what it cost', async () => {
    const lines = await apply(changed({ storage: 'memory' }), true);
    expect(lines).toContainEqual(expect.stringMatching(/^EVT_SHOOTOUTS: made anew, 1 messages are gone; storage/));
    expect(await messages()).toBe(0);
    await applyTopology(nc, changed({ storage: 'memory' }), { mode: 'verify' });
  });

  test('of a limit only: it is set; what is there may stay or go, as the broker decides', async () => {
    await apply(topology, true);
    const small = changed({ maxBytes: 1024 });
    expect(await apply(small, true)).toEqual([expect.stringMatching(/^EVT_SHOOTOUTS: max_bytes/)]);
    await applyTopology(nc, small, { mode: 'verify' });
  });

  test('of a durable only: its stream keeps what it holds', async () => {
    const lines = await apply(topology, true);
    expect(lines).toContainEqual(expect.stringMatching(/rendering__count: made anew/));
    expect(await messages()).toBe(1);
  });
});

test.each(['apply', 'verify'] as const)('%s refuses a broker whose max_payload is too small', async (mode) => {
  const small = await startNats('max_payload: 524288');
  const there = await connectNats({ service: 'topology', url: small.url });
  const refused = applyTopology(there, topology, { mode });
  await expect(refused).rejects.toMatchObject({ code: 'BUS.TOPOLOGY_REFUSED' });
  await there.close();
  await small.stop();
});
