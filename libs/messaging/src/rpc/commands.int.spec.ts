import { context, declareService, inboxPrefix, operator, topologyOf } from '@gts/contracts';
import { clockOf, idFactory } from '@gts/kernel';
import { collection, repositories, type Store } from '@gts/persistence';
import { aContext, type NatsServer, startNats, testStores } from '@gts/testing';
import type { NatsConnection } from 'nats';
import { z } from 'zod';
import {
  busErrors,
  connectNats,
  createConsumers,
  createEncoder,
  createRpcClient,
  createRpcServer,
  natsBus,
  on,
  outgoing,
  Relay,
  type RpcServer,
  serveOperator,
  systemScheduler,
  wasReplayed,
  applyTopology,
  type RpcClient,
} from '../index';

const clock = clockOf(() => Math.floor(performance.timeOrigin + performance.now()));
const newId = idFactory(() => clock.epochMs());
const toys = context('rendering');
const Happened = toys.event('Happened', {
  aggregate: 'Toy',
  version: 1,
  summary: 'Something happened.',
  data: z.strictObject({ n: z.int() }),
  example: { n: 1 },
});
const AddToy = toys.command('AddToy', {
  mode: 'request',
  version: 1,
  summary: 'Adds a toy.',
  auth: 'self',
  data: z.strictObject({ title: z.string().max(20) }),
  reply: z.strictObject({ toyId: z.string(), title: z.string() }),
  example: { title: 'x' },
});
const toyRows = collection('toys', { scope: 'tenant', schema: z.strictObject({ title: z.string() }) });
const declared = declareService('rendering', {
  subscriptions: [{ name: 'count', kind: 'handler', from: [Happened] }],
});
const verbs = operator('rendering');

let broker: NatsServer;
let nc: NatsConnection;
let store: Store;
let server: RpcServer;
let rpc: RpcClient & { close(): void };
const stores = testStores('rpc');
const broken = { now: true };
const stateOf = async (stream: string) => (await (await nc.jetstreamManager()).streams.info(stream)).state.messages;
let consumers: ReturnType<typeof createConsumers>;
let relay: Relay;
let bus: ReturnType<typeof natsBus>;

/** The token of these tests names the caller's scopes. */
const verifyToken = (token: string) => ({ ...aContext(), scopes: token.split(',') });
const ops = aContext({ token: 'self,ops' });
const user = aContext({ token: 'self' });

beforeAll(async () => {
  broker = await startNats();
  nc = await connectNats({ service: 'rendering', url: broker.url });
  store = await stores.open('rendering', { clock });
  await applyTopology(nc, topologyOf([toys], [declared], { limits: 'development' }), { mode: 'apply' });
  bus = natsBus({ nc, inbox: inboxPrefix('rendering') });
  server = createRpcServer({ nc, service: 'rendering', verifyToken, clock, store });
  rpc = createRpcClient({ nc, inbox: inboxPrefix('rendering'), clock });
  relay = new Relay({ service: 'rendering', store, bus, scheduler: systemScheduler, owner: 'one' });
  relay.start();
  serveOperator({ server, service: 'rendering', store, bus, newId });
});
afterAll(async () => {
  await consumers.stop();
  await server.stop(1000);
  await relay.stop();
  rpc.close();
  await bus.close();
  await nc.close();
  await store.close();
  await broker.stop();
  await stores.drop();
});

describe('a command with an id', () => {
  let runs = 0;
  beforeAll(async () => {
    const encoder = createEncoder({ producer: 'rendering', newId, clock });
    const toysOf = repositories({
      store,
      collection: toyRows,
      aggregate: 'Toy',
      encoder,
      translate: (event: { n: number }) => [outgoing(Happened, event)],
    });
    server.serve(AddToy, ({ title }: { title: string }, ctx) => {
      runs++;
      const decide = () => {
        if (title === 'refused') throw busErrors.DATA_INVALID('toy');
        return { state: { title }, events: [{ n: runs }] };
      };
      const toyId = newId<'Toy'>();
      return toysOf(ctx).create(toyId, decide, () => ({ toyId, title }));
    });
    await nc.flush();
  });

  test('its repetition gets the first reply, marked, and runs nothing', async () => {
    const ctx = { ...user, commandId: newId<'Command'>() };
    const first = await rpc.call(AddToy, { title: 'one' }, ctx);
    const again = { ...ctx };
    expect(await rpc.call(AddToy, { title: 'one' }, again)).toEqual(first);
    expect([wasReplayed(ctx), wasReplayed(again), runs]).toEqual([false, true, 1]);
  });

  test('another request under the same id is refused', async () => {
    const ctx = { ...user, commandId: newId<'Command'>() };
    await rpc.call(AddToy, { title: 'one' }, ctx);
    const other = rpc.call(AddToy, { title: 'two' }, { ...ctx });
    await expect(other).rejects.toMatchObject({ code: 'BUS.COMMAND_ID_REUSED', kind: 'rule-violated' });
  });

  test('what failed stored nothing: the id may be used again', async () => {
    const ctx = { ...user, commandId: newId<'Command'>() };
    await expect(rpc.call(AddToy, { title: 'refused' }, ctx)).rejects.toMatchObject({ code: 'BUS.DATA_INVALID' });
    expect(await rpc.call(AddToy, { title: 'three' }, { ...ctx })).toMatchObject({ title: 'three' });
  });
});

describe('the verbs of operators', () => {
  const parked = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let parks = 0;
  const applied = Promise.withResolvers<void>();
  const dead = () => rpc.call(verbs.ListDeadLetters, { state: 'parked', limit: 10 }, ops);
  beforeAll(async () => {
    consumers = createConsumers({
      service: 'rendering',
      store,
      bus,
      clock,
      newId,
      owner: 'one',
      probe: (point) => void (point === 'park.afterCommit' && parked[parks++]?.resolve()),
      subscriptions: [
        on(Happened, {
          name: 'count',
          apply: ({ data }) => {
            if (data.n === 5) throw busErrors.DATA_INVALID('five');
            if (data.n === 2 && broken.now) throw busErrors.DATA_INVALID('two');
            if (data.n === 2) applied.resolve();
          },
        }),
      ],
    });
    consumers.start();
    await parked[0]?.promise;
  });

  test('are for operators', async () => {
    await expect(rpc.call(verbs.ListDeadLetters, { state: 'parked', limit: 10 }, user)).rejects.toMatchObject({
      code: 'BUS.NOT_PERMITTED',
    });
    await expect(rpc.call(verbs.ListOutbox, { state: 'pending', limit: 10 }, aContext())).rejects.toMatchObject({
      code: 'BUS.TOKEN_MISSING',
    });
  });

  test('list and show a parked message without its payload', async () => {
    const [letter] = (await dead()).items;
    expect(letter).toMatchObject({ consumer: 'rendering__count', reason: 'HANDLER_REFUSED', state: 'parked' });
    const shown = await rpc.call(verbs.ShowDeadLetter, { key: letter?.key ?? '' }, ops);
    expect(shown).toMatchObject({ key: letter?.key, stream: 'EVT_RENDERING', errorCode: 'BUS.DATA_INVALID' });
    expect(Object.keys(shown)).not.toContain('bodyBase64');
    await expect(rpc.call(verbs.ShowDeadLetter, { key: 'nobody' }, ops)).rejects.toMatchObject({
      code: 'BUS.DEAD_LETTER_NOT_FOUND',
      kind: 'not-found',
    });
  });

  test('a redrive is dry unless told otherwise; told so, it completes the message', async () => {
    const keys = (await dead()).items.map(({ key }) => key);
    const dry = await rpc.call(verbs.RedriveDeadLetters, { keys, dryRun: true }, ops);
    expect(dry).toMatchObject({ matched: 1, redriven: 0, dryRun: true });
    broken.now = false;
    const done = await rpc.call(verbs.RedriveDeadLetters, { keys, dryRun: false }, ops);
    expect(done).toMatchObject({ matched: 1, redriven: 1, keys });
    await applied.promise;
  });

  test('an empty selection redrives nothing', async () => {
    const done = await rpc.call(verbs.RedriveDeadLetters, { dryRun: false }, ops);
    expect(done).toMatchObject({ matched: 0, redriven: 0 });
  });

  test('a discard needs a reason and ends the message for good', async () => {
    // The fifth toy.
    await rpc.call(AddToy, { title: 'five' }, { ...user, commandId: newId<'Command'>() });
    await parked[1]?.promise;
    const keys = (await dead()).items.map(({ key }) => key);
    const bare = rpc.call(verbs.DiscardDeadLetters, { keys, reason: '' }, ops);
    await expect(bare).rejects.toMatchObject({ code: 'BUS.DATA_INVALID' });
    const done = await rpc.call(verbs.DiscardDeadLetters, { keys, reason: 'made by a test' }, ops);
    expect([keys.length, done.discarded]).toEqual([1, 1]);
    expect((await dead()).items).toEqual([]);
  });

  test('the outbox shows what was published, and publishes it again under the same ids', async () => {
    const published = await rpc.call(verbs.ListOutbox, { state: 'published', limit: 10 }, ops);
    expect(published.items.map(({ stream }) => stream)).toContain('EVT_RENDERING');
    const since = '2020-01-01T00:00:00.000Z';
    const stream = 'EVT_RENDERING';
    const dry = await rpc.call(verbs.RepublishOutbox, { since, stream, dryRun: true }, ops);
    const before = await stateOf(stream);
    const done = await rpc.call(verbs.RepublishOutbox, { since, stream, dryRun: false }, ops);
    expect([dry.republished, done.republished]).toEqual([0, dry.matched]);
    // The broker knows them: nothing is stored twice.
    expect(await stateOf(stream)).toBe(before);
  });
});
