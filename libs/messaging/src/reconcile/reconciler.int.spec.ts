import { context, declareService, inboxPrefix, topologyOf } from '@gts/contracts';
import { clockOf, durationMs, idFactory } from '@gts/kernel';
import { aContext, anId, startNats, testStores } from '@gts/testing';
import { z } from 'zod';
import {
  applyTopology,
  connectNats,
  createConsumers,
  createEncoder,
  deadLetterRows,
  natsBus,
  noLog,
  noMetrics,
  on,
  projection,
  Reconciler,
  when,
} from '../index';
import { reconciliationRows } from './rows';

const toys = context('shootouts');
const fields = { version: 1, data: z.strictObject({ n: z.int() }), example: { n: 1 } } as const;
const Happened = toys.event('Happened', { ...fields, aggregate: 'Toy', summary: 'Something happened.' });
const Elsewhere = toys.event('Elsewhere', { ...fields, aggregate: 'Other', summary: 'Nobody asks for it.' });
const declaration = declareService('rendering', {
  subscriptions: [
    { name: 'count', kind: 'handler', from: [Happened] },
    { name: 'toys', kind: 'projection', from: { context: 'shootouts', aggregate: 'Toy' } },
  ],
});
const topology = topologyOf([{ ...toys, definitions: [Happened, Elsewhere] }], [declaration], {
  limits: 'development',
});
const [STREAM, HANDLER, PROJECTION] = ['EVT_SHOOTOUTS', 'rendering__count', 'rendering__toys__a'];
const HOUR_MS = durationMs('1h');

const stores = testStores('reconciler');
afterAll(() => stores.drop());

async function setUp() {
  let aheadMs = 0;
  const clock = clockOf(() => Math.floor(performance.timeOrigin + performance.now()) + aheadMs);
  const newId = idFactory(() => clock.epochMs());
  const server = await startNats();
  const nc = await connectNats({ service: 'rendering', url: server.url });
  await applyTopology(nc, topology, { mode: 'apply' });
  const bus = natsBus({ nc, inbox: inboxPrefix('rendering') });
  const store = await stores.fresh({ clock });
  const encoder = createEncoder({ producer: 'shootouts', newId, clock });
  const say = async (n: number, message = Happened) => {
    const { aggregate: type } = message;
    const about = { ctx: aContext(), occurredAt: clock.now(), aggregate: { type, id: anId(n), version: 1 } };
    const { subject, headers, body } = encoder.encode({ message, data: { n } }, about);
    await bus.publish({ subject, headers, body });
  };
  const seen = { handled: [] as number[], projected: [] as number[], missing: [] as unknown[], read: [] as number[] };
  const metrics = {
    ...noMetrics,
    count: (name: string, labels: unknown) =>
      void (name === 'messaging_reconcile_missing_total' && seen.missing.push(labels)),
  };
  const subscriptions = [
    on(Happened, { name: 'count', apply: ({ data }) => void seen.handled.push(data.n) }),
    projection('toys', {
      from: { context: 'shootouts', aggregate: 'Toy' },
      apply: [when(Happened, async ({ data }) => void seen.projected.push(data.n))],
    }),
  ];
  const shared = { service: 'rendering', store, newId, metrics, log: noLog, subscriptions } as const;
  const reading = { ...bus, message: (stream: string, seq: number) => (seen.read.push(seq), bus.message(stream, seq)) };
  const replica = (owner: string) =>
    new Reconciler({ ...shared, owner, bus: reading, catalogue: [Happened, Elsewhere], probe: undefined });
  const consumers = () => createConsumers({ ...shared, bus, clock, owner: 'one' });
  const floor = async (durable: string, seq: number) => {
    while ((await bus.info({ stream: STREAM, durable })).ackFloor < seq);
  };
  /** What happens to a message whose effect is lost: acknowledged, and nothing is written. */
  const lose = async (durable: string) => (await bus.next({ stream: STREAM, durable }, { expiresMs: 5000 }))?.ack();
  const letters = async () =>
    (await store.collection(deadLetterRows, aContext()).query({ index: 'byState', where: {} })).items;
  const position = (durable: string) => store.collection(reconciliationRows, aContext()).find(`${STREAM}/${durable}`);
  const close = async () => {
    await bus.close();
    await store.close();
    await nc.close();
    await server.stop();
  };
  const pass = (ms: number) => void (aheadMs += ms);
  return { ...seen, seen, nc, bus, store, say, replica, consumers, floor, lose, letters, position, pass, close };
}
/** A store of files answers without one: whoever asks in a loop lets nothing else happen. */
const turn = () => new Promise((resolve) => void setImmediate(resolve));
type World = Awaited<ReturnType<typeof setUp>>;

/** An hour from round to round: the first notes where the durables are, the next looks up to there. */
async function rounds({ pass }: World, ...replicas: readonly Reconciler[]): Promise<void> {
  for (const each of replicas) {
    await each.round();
    pass(HOUR_MS);
  }
}

test('a message that was acknowledged and not handled is found, counted once, and handled', async () => {
  const world = await setUp();
  const { replica, say, lose, floor, letters, handled, projected, missing, consumers } = world;
  const one = replica('one');
  await rounds(world, one);
  await say(7);
  for (const durable of [HANDLER, PROJECTION]) {
    await lose(durable);
    await floor(durable, 1);
  }
  await rounds(world, one, one);
  expect(await letters()).toMatchObject(
    [HANDLER, PROJECTION].map((consumer) => ({ consumer, seq: 1, reason: 'UNHANDLED', state: 'redriving' })),
  );
  const running = consumers();
  running.start();
  while ((await letters()).some(({ state }) => state !== 'resolved')) await turn();
  await running.stop();
  expect([handled, projected]).toEqual([[7], [7]]);
  await rounds(world, one, one);
  expect(missing).toEqual([{ consumer: HANDLER }, { consumer: PROJECTION }]);
  await world.close();
});

test('where all was handled, nothing is found, and each message is read once a durable', async () => {
  const world = await setUp();
  const { replica, say, floor, letters, missing, read, consumers, bus } = world;
  await rounds(world, replica('one'));
  const running = consumers();
  running.start();
  for (const n of [1, 2]) await say(n);
  await say(3, Elsewhere);
  await bus.publish({ subject: 'evt.shootouts.7.Toy.Happened', headers: {}, body: Buffer.from('no JSON') });
  for (const durable of [HANDLER, PROJECTION]) await floor(durable, 4);
  await running.stop();
  await rounds(world, replica('one'), replica('one'), replica('one'));
  expect(missing).toEqual([]);
  expect((await letters()).map(({ reason }) => reason)).toEqual(['UNDECODABLE', 'UNDECODABLE']);
  expect(read).toEqual([1, 2, 3, 4, 1, 2, 3, 4]);
  await world.close();
});

test('a replica without the lease does nothing; the position outlives the one that had it', async () => {
  const world = await setUp();
  const { replica, store, say, lose, floor, missing, position, pass } = world;
  const epoch = (await store.leases.acquire('reconcile', 'other', HOUR_MS)) ?? 0;
  await replica('one').round();
  expect(await position(HANDLER)).toBeUndefined();
  await store.leases.release('reconcile', 'other', epoch);
  await rounds(world, replica('one'));
  await say(7);
  await lose(HANDLER);
  await floor(HANDLER, 1);
  await rounds(world, replica('two'));
  await replica('three').round();
  expect(missing).toEqual([{ consumer: HANDLER }]);
  expect(await position(HANDLER)).toMatchObject({ checked: 1, floor: 1 });
  pass(HOUR_MS / 2);
  await replica('four').round();
  expect((await position(HANDLER))?.meta.version).toBe(4);
  await world.close();
});

test('of what is older than the rows that would prove it, nothing is told', async () => {
  const world = await setUp();
  const { replica, say, lose, floor, missing, pass, letters } = world;
  await rounds(world, replica('one'));
  await say(7);
  await lose(HANDLER);
  await floor(HANDLER, 1);
  await rounds(world, replica('one'));
  pass(durationMs('29d'));
  await rounds(world, replica('one'));
  expect([missing, await letters()]).toEqual([[], []]);
  await world.close();
});

test('a stream made anew is looked at from its beginning', async () => {
  const world = await setUp();
  const { nc, replica, say, lose, floor, missing, position } = world;
  for (const n of [1, 2]) await say(n);
  for (const _ of [1, 2]) await lose(HANDLER);
  await floor(HANDLER, 2);
  await rounds(world, replica('one'));
  expect(await position(HANDLER)).toMatchObject({ checked: 2, floor: 2 });
  await (await nc.jetstreamManager()).streams.delete(STREAM);
  await applyTopology(nc, topology, { mode: 'apply' });
  await say(3);
  await lose(HANDLER);
  await floor(HANDLER, 1);
  await rounds(world, replica('one'), replica('one'));
  expect(missing).toEqual([{ consumer: HANDLER }]);
  await world.close();
});
