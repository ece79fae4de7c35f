import { declareService, inboxPrefix, topologyOf } from '@gts/contracts';
import { clockOf, idFactory } from '@gts/kernel';
import { aContext, anId, Happened, startNats, testStores, toys } from '@gts/testing';
import {
  applyTopology,
  connectNats,
  createConsumers,
  createEncoder,
  natsBus,
  noMetrics,
  on,
  type PubAck,
  watchStreams,
} from './index';

const declaration = declareService('rendering', {
  subscriptions: [{ name: 'count', kind: 'handler', from: [Happened] }],
});
const topology = topologyOf([toys], [declaration], { limits: 'development' });
const clock = clockOf(() => Math.floor(performance.timeOrigin + performance.now()));
const newId = idFactory(() => clock.epochMs());
const STREAM = 'EVT_SHOOTOUTS';

const stores = testStores('reset');
afterAll(() => stores.drop());

async function setUp() {
  const server = await startNats();
  const nc = await connectNats({ service: 'rendering', url: server.url });
  await applyTopology(nc, topology, { mode: 'apply' });
  const bus = natsBus({ nc, inbox: inboxPrefix('rendering') });
  const store = await stores.fresh({ clock });
  const encoder = createEncoder({ producer: 'shootouts', newId, clock });
  const say = (n: number): Promise<PubAck> => {
    const aggregate = { type: 'Toy', id: anId(n), version: 1 };
    const { subject, headers, body } = encoder.encode(
      { message: Happened, data: { n } },
      { ctx: aContext(), occurredAt: clock.now(), aggregate },
    );
    return bus.publish({ subject, headers, body });
  };
  const close = async () => {
    await bus.close();
    await store.close();
    await nc.close();
    await server.stop();
  };
  return { nc, bus, store, say, close };
}

/** Resolves once the wanted number has been seen. */
function notebook() {
  const seen: number[] = [];
  const waiting = new Map<number, () => void>();
  const note = (n: number) => {
    seen.push(n);
    waiting.get(n)?.();
  };
  const until = (n: number) =>
    seen.includes(n) ? Promise.resolve() : new Promise<void>((resolve) => void waiting.set(n, resolve));
  return { seen, note, until };
}

test('a stream deleted and made anew under a running consumer: counted, and new events are delivered', async () => {
  const { nc, bus, store, say, close } = await setUp();
  const { seen, note, until } = notebook();
  const resets: unknown[] = [];
  const metrics = { ...noMetrics, count: (name: string, labels: unknown) => void resets.push([name, labels]) };
  const watch = watchStreams({ service: 'rendering', streams: [STREAM], store, bus, metrics });
  const subscriptions = [on(Happened, { name: 'count', apply: ({ data }) => note(data.n) })];
  const consumers = createConsumers({ service: 'rendering', store, bus, clock, newId, owner: 'one', subscriptions });
  consumers.start();
  for (const n of [1, 2, 3]) await say(n);
  await until(3);
  await watch.look();
  const jsm = await nc.jetstreamManager();
  await jsm.streams.delete(STREAM);
  await applyTopology(nc, topology, { mode: 'apply' });
  const { seq } = await say(4);
  await until(4);
  await watch.look();
  expect({ seq, seen, resets }).toEqual({
    seq: 1,
    seen: [1, 2, 3, 4],
    resets: [['messaging_stream_resets_total', { stream: STREAM }]],
  });
  await consumers.stop();
  await close();
});
