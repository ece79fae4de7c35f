import { context, declareService, inboxPrefix, topologyOf } from '@gts/contracts';
import { clockOf, idFactory, SYSTEM_TENANT, type Context } from '@gts/kernel';
import { aContext, anId, type NatsServer, startNats, testStores } from '@gts/testing';
import type { NatsConnection } from 'nats';
import { z } from 'zod';
import {
  applyTopology,
  busErrors,
  connectNats,
  createConsumers,
  createEncoder,
  createRpcClient,
  createRpcServer,
  deadLetterRows,
  natsBus,
  on,
  projection,
  Relay,
  systemScheduler,
  tail,
  when,
} from './index';

const toys = context('shootouts');
const Started = toys.event('Started', {
  aggregate: 'Toy',
  version: 1,
  summary: 'A toy started.',
  data: z.strictObject({ n: z.int() }),
  example: { n: 1 },
});
const Add = toys.command('Add', {
  mode: 'request',
  version: 1,
  summary: 'Adds.',
  auth: 'public',
  data: z.strictObject({ a: z.int(), b: z.int() }),
  reply: z.strictObject({ sum: z.int() }),
  example: { a: 1, b: 2 },
});
const Secret = toys.query('Secret', {
  version: 1,
  summary: 'Is for operators.',
  auth: 'ops',
  data: z.strictObject({}),
  reply: z.strictObject({}),
  example: {},
});
const declaration = declareService('rendering', {
  subscriptions: [
    { name: 'count', kind: 'handler', from: [Started] },
    { name: 'copy', kind: 'projection', from: { context: 'shootouts', aggregate: 'Toy' } },
  ],
});
const topology = topologyOf([toys], [declaration], { limits: 'development' });
const clock = clockOf(() => Math.floor(performance.timeOrigin + performance.now()));
const newId = idFactory(() => clock.epochMs());

const stores = testStores('flow');
let server: NatsServer;
let nc: NatsConnection;
beforeAll(async () => {
  server = await startNats();
  nc = await connectNats({ service: 'rendering', url: server.url });
});
afterAll(async () => {
  await nc.close();
  await server.stop();
  await stores.drop();
});

const latch = (count: number) => {
  let reached = () => undefined as void;
  const done = new Promise<void>((resolve) => (reached = resolve));
  let left = count;
  return { done, hit: () => void (--left === 0 && reached()) };
};

test('what a unit says reaches handler and projection once, in order; a refused message is parked', async () => {
  await applyTopology(nc, topology, { mode: 'apply' });
  await applyTopology(nc, topology, { mode: 'verify' });
  const bus = natsBus({ nc, inbox: inboxPrefix('rendering') });
  const store = await stores.fresh({ clock });
  const encoder = createEncoder({ producer: 'shootouts', newId, clock });
  const relay = new Relay({ service: 'shootouts', store, bus, scheduler: systemScheduler, owner: 'one' });
  const handled: number[] = [];
  const copied: number[] = [];
  const all = latch(59);
  /** A unit that lost a race runs again, and with it what it calls. */
  const note = (seen: number[], n: number) => {
    if (seen.includes(n)) return;
    seen.push(n);
    all.hit();
  };
  const consumers = createConsumers({
    service: 'rendering',
    store,
    bus,
    clock,
    newId,
    owner: 'one',
    subscriptions: [
      on(Started, {
        name: 'count',
        apply: ({ data }) => {
          if (data.n === 13) throw busErrors.DATA_INVALID('thirteen');
          note(handled, data.n);
        },
      }),
      projection('copy', {
        from: { context: 'shootouts', aggregate: 'Toy' },
        apply: [when(Started, async ({ data }) => note(copied, data.n))],
      }),
    ],
  });
  relay.start();
  consumers.start();
  const ctx: Context = aContext();
  for (let n = 1; n <= 30; n++)
    await store.transaction(ctx, async (unit) => {
      const aggregate = { type: 'Toy', id: anId(1), version: n };
      unit.outbox.add(encoder.encode({ message: Started, data: { n } }, { ctx, occurredAt: clock.now(), aggregate }));
    });
  await all.done;
  expect(handled.toSorted((a, b) => a - b)).toEqual(
    Array.from({ length: 30 }, (_, at) => at + 1).filter((n) => n !== 13),
  );
  expect(copied).toEqual(Array.from({ length: 30 }, (_, at) => at + 1));
  await consumers.stop();
  await relay.stop();
  const stop = new AbortController();
  const seen: number[] = [];
  for await (const { seq } of tail({
    nc,
    inbox: inboxPrefix('rendering'),
    stream: 'EVT_SHOOTOUTS',
    filter: 'evt.shootouts.>',
    start: { afterSeq: 10 },
    signal: stop.signal,
  })) {
    seen.push(seq);
    if (seen.length === 20) stop.abort();
  }
  expect(seen).toEqual(Array.from({ length: 20 }, (_, at) => at + 11));
  const letters = await store
    .collection(deadLetterRows, { ...ctx, tenantId: SYSTEM_TENANT })
    .query({ index: 'byState' });
  expect(letters.items.map(({ reason, consumer }) => [reason, consumer])).toEqual([
    ['HANDLER_REFUSED', 'rendering__count'],
  ]);
  await bus.close();
  await store.close();
});

test('request and reply: answers, findings, permissions, nobody there', async () => {
  const rpc = createRpcClient({ nc, inbox: inboxPrefix('rendering'), clock });
  const ctx = aContext();
  await expect(rpc.call(Add, { a: 1, b: 2 }, ctx)).rejects.toMatchObject({ code: 'BUS.NO_RESPONDERS' });
  const verifyToken = async () => ({ tenantId: ctx.tenantId, actor: ctx.actor, scopes: [] });
  const rpcServer = createRpcServer({ nc, service: 'shootouts', verifyToken, clock });
  rpcServer.serve(Add, async ({ a, b }: { a: number; b: number }) => ({ sum: a + b }));
  rpcServer.serve(Secret, async () => ({}));
  await nc.flush();
  expect(await rpc.call(Add, { a: 1, b: 2 }, ctx)).toEqual({ sum: 3 });
  await expect(rpc.call(Secret, {}, { ...ctx, token: 'x' })).rejects.toMatchObject({
    code: 'BUS.NOT_PERMITTED',
    kind: 'forbidden',
  });
  await expect(rpc.call(Secret, {}, ctx)).rejects.toMatchObject({ code: 'BUS.TOKEN_MISSING' });
  await expect(rpc.call(Add, { a: 1.5, b: 2 }, ctx)).rejects.toMatchObject({ code: 'BUS.DATA_INVALID' });
  await expect(rpc.call(Add, { a: 1, b: 2 }, { ...ctx, deadline: 0 })).rejects.toMatchObject({
    code: 'BUS.DEADLINE_EXCEEDED',
  });
  await rpcServer.stop(1000);
  rpc.close();
});
