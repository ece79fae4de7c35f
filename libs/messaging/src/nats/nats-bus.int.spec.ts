import { inboxPrefix } from '@gts/contracts';
import { type NatsServer, startNats } from '@gts/testing';
import type { NatsConnection } from 'nats';
import { busContract, contractMessage, contractTopology } from '../bus-contract';
import { applyTopology } from '../topology/apply';
import { connectNats } from './connect';
import { natsBus } from './nats-bus';

let server: NatsServer;
let nc: NatsConnection;
beforeAll(async () => {
  server = await startNats();
  nc = await connectNats({ service: 'rendering', url: server.url });
});
afterAll(async () => {
  await nc.close();
  await server.stop();
});
const inbox = inboxPrefix('rendering');

describe('the contract', () => {
  beforeEach(async () => {
    const jsm = await nc.jetstreamManager();
    await jsm.streams.delete('EVT_SHOOTOUTS').catch(() => undefined);
    await applyTopology(nc, contractTopology, { mode: 'apply' });
  });
  test.each(busContract.map((each) => [each.name, each] as const))('%s', async (_name, { prove, expected }) => {
    const bus = natsBus({ nc, inbox });
    expect(await prove(bus)).toEqual(expected);
    await bus.close();
  });
});

test('the topology is read back: a stream that was changed behind our back is drift', async () => {
  await applyTopology(nc, contractTopology, { mode: 'apply' });
  const jsm = await nc.jetstreamManager();
  await jsm.streams.update('EVT_SHOOTOUTS', { max_bytes: 1024 * 1024 });
  const verify = applyTopology(nc, contractTopology, { mode: 'verify' });
  await expect(verify).rejects.toMatchObject({ code: 'BUS.TOPOLOGY_DRIFT' });
});

test('a disconnect rejects what waits, and publishing works again after the broker is back', async () => {
  await applyTopology(nc, contractTopology, { mode: 'apply' });
  let back = () => undefined as void;
  const reconnected = new Promise<void>((resolve) => (back = resolve));
  let gone = () => undefined as void;
  const disconnected = new Promise<void>((resolve) => (gone = resolve));
  const onStatus = (status: string) => (status === 'reconnected' ? back() : gone());
  const bus = natsBus({ nc, inbox, onStatus });
  await server.kill();
  await disconnected;
  await expect(bus.publish(contractMessage('away'))).rejects.toMatchObject({ code: 'BUS.DISCONNECTED' });
  await server.restart();
  await reconnected;
  expect((await bus.publish(contractMessage('back'))).duplicate).toBe(false);
  await bus.close();
});
