import { ADVISORY_STREAM, declareService, inboxPrefix, topologyOf } from '@gts/contracts';
import { clockOf, idFactory } from '@gts/kernel';
import { aContext, anId, Happened, startNats, testStores, toys } from '@gts/testing';
import { deadLetterRows } from './consumer/rows';
import {
  applyTopology,
  connectNats,
  createConsumers,
  createEncoder,
  natsBus,
  noLog,
  noMetrics,
  on,
  watchAdvisories,
} from './index';

const declaration = declareService('rendering', {
  subscriptions: [{ name: 'count', kind: 'handler', from: [Happened] }],
});
const topology = topologyOf([toys], [declaration], { limits: 'development' });
const clock = clockOf(() => Math.floor(performance.timeOrigin + performance.now()));
const newId = idFactory(() => clock.epochMs());
const [STREAM, DURABLE] = ['EVT_SHOOTOUTS', 'rendering__count'];

const stores = testStores('advisories');
afterAll(() => stores.drop());

async function setUp() {
  const server = await startNats();
  const nc = await connectNats({ service: 'rendering', url: server.url });
  await applyTopology(nc, topology, { mode: 'apply' });
  const bus = natsBus({ nc, inbox: inboxPrefix('rendering') });
  const store = await stores.fresh({ clock });
  const encoder = createEncoder({ producer: 'shootouts', newId, clock });
  const say = async (n: number) => {
    const about = { ctx: aContext(), occurredAt: clock.now(), aggregate: { type: 'Toy', id: anId(n), version: 1 } };
    const { subject, headers, body } = encoder.encode({ message: Happened, data: { n } }, about);
    await bus.publish({ subject, headers, body });
  };
  const jsm = await nc.jetstreamManager();
  const advisories = async () => (await jsm.streams.info(ADVISORY_STREAM)).state.messages;
  const close = async () => {
    await bus.close();
    await store.close();
    await nc.close();
    await server.stop();
  };
  return { nc, jsm, bus, store, say, advisories, close };
}
type World = Awaited<ReturnType<typeof setUp>>;

/** Somebody changes the durable, takes its message and gives it back as often as the broker lets him. */
async function givenUp({ jsm, bus, advisories }: World): Promise<void> {
  await jsm.consumers.update(STREAM, DURABLE, { max_deliver: 1 });
  const taken = await bus.next({ stream: STREAM, durable: DURABLE }, { expiresMs: 5000 });
  taken?.nak();
  while ((await advisories()) === 0) await bus.next({ stream: STREAM, durable: DURABLE }, { expiresMs: 100 });
}

/** Resolves with what was handled, once it is this many. */
function handled(count: number) {
  const seen: number[] = [];
  const { promise, resolve } = Promise.withResolvers<number[]>();
  const apply = (n: number) => void (seen.push(n) === count && resolve(seen));
  return { apply, promise };
}

test('a message that the broker gave up is captured, counted, and handled after all', async () => {
  const world = await setUp();
  const { bus, store, say, close } = world;
  await say(7);
  await givenUp(world);
  const { apply, promise } = handled(1);
  const counted: unknown[] = [];
  const metrics = { ...noMetrics, count: (name: string, labels: unknown) => void counted.push([name, labels]) };
  const subscriptions = [on(Happened, { name: 'count', apply: ({ data }) => apply(data.n) })];
  const consumers = createConsumers({ service: 'rendering', store, bus, clock, newId, owner: 'one', subscriptions });
  const watch = watchAdvisories({ service: 'rendering', store, bus, newId, metrics, log: noLog, probe: undefined });
  consumers.start();
  watch.start();
  expect(await promise).toEqual([7]);
  await watch.stop();
  await consumers.stop();
  expect(counted).toContainEqual(['messaging_advisories_total', { consumer: DURABLE }]);
  const rows = await store.collection(deadLetterRows, aContext()).query({ index: 'byState', where: {} });
  expect(rows.items).toMatchObject([
    { consumer: DURABLE, stream: STREAM, seq: 1, reason: 'ADVISORY', state: 'resolved' },
  ]);
  await close();
});

test('what the broker says of others, or nobody understands, is put aside', async () => {
  const { nc, bus, store, close, jsm } = await setUp();
  const front = '$JS.EVENT.ADVISORY.CONSUMER.MSG_TERMINATED';
  const about = { type: 't', stream: STREAM, consumer: 'identity__x', stream_seq: 1, deliveries: 1 };
  nc.publish(`${front}.${STREAM}.${DURABLE}`, JSON.stringify(about));
  nc.publish(`${front}.${STREAM}.${DURABLE}`, 'no JSON');
  const watch = watchAdvisories({
    service: 'rendering',
    store,
    bus,
    newId,
    metrics: noMetrics,
    log: noLog,
    probe: undefined,
  });
  watch.start();
  const open = async () => {
    const {
      num_pending: pending,
      num_ack_pending: waiting,
      delivered,
    } = await jsm.consumers.info(ADVISORY_STREAM, 'rendering__advisories');
    return delivered.stream_seq < 2 || pending + waiting > 0;
  };
  while (await open());
  await watch.stop();
  const rows = await store.collection(deadLetterRows, aContext()).query({ index: 'byState', where: {} });
  expect(rows.items).toEqual([]);
  await close();
});
