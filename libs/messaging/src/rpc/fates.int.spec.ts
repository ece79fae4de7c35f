import { context, inboxPrefix } from '@gts/contracts';
import { clockOf, idFactory, type Probe } from '@gts/kernel';
import { collection, type Store } from '@gts/persistence';
import { aContext, type NatsServer, startNats, testStores } from '@gts/testing';
import type { NatsConnection } from 'nats';
import { z } from 'zod';
import {
  connectNats,
  createRpcClient,
  createRpcServer,
  type RpcClient,
  type RpcServer,
  systemScheduler,
  wasReplayed,
} from '../index';

// delivery.md §14, L2: `rpc.afterCommit` x {throw, hang, slow}: the effect is there, its reply is late, wrong or lost.
const clock = clockOf(() => Math.floor(performance.timeOrigin + performance.now()));
const newId = idFactory(() => clock.epochMs());
const AddToy = context('rendering').command('AddToy', {
  mode: 'request',
  version: 1,
  summary: 'Adds a toy.',
  auth: 'self',
  data: z.strictObject({ title: z.string().max(20) }),
  reply: z.strictObject({ toyId: z.string() }),
  example: { title: 'x' },
});
const toys = collection('toys', { scope: 'tenant', schema: z.strictObject({ title: z.string() }) });
const SHORT_MS = 400;
const LONG_MS = 10_000;

let broker: NatsServer;
let nc: NatsConnection;
let store: Store;
let server: RpcServer;
let rpc: RpcClient & { close(): void };
/** What the next passage meets; the ones after it meet nothing. */
let next: (() => void | Promise<void>) | undefined;
const stores = testStores('fates');
const probe: Probe = () => {
  const fate = next;
  next = undefined;
  return fate?.();
};

beforeAll(async () => {
  broker = await startNats();
  nc = await connectNats({ service: 'rendering', url: broker.url });
  store = await stores.open('rendering', { clock });
  const verifyToken = (token: string) => ({ ...aContext(), scopes: token.split(',') });
  server = createRpcServer({ nc, service: 'rendering', verifyToken, clock, store, probe });
  rpc = createRpcClient({ nc, inbox: inboxPrefix('rendering'), clock });
  server.serve(AddToy, ({ title }: { title: string }, ctx) =>
    store.transaction(ctx, async (unit) => {
      const toyId = newId<'Toy'>();
      await unit.collection(toys).insert(toyId, { title });
      return { toyId };
    }),
  );
  await nc.flush();
});
afterAll(async () => {
  await server.stop(1000);
  rpc.close();
  await nc.close();
  await store.close();
  await broker.stop();
  await stores.drop();
});

/** A caller with a command of its own, who asks once with so much patience. */
function caller(title: string) {
  const commandId = newId<'Command'>();
  return async (patienceMs: number) => {
    const ctx = { ...aContext({ token: 'self' }), commandId, deadline: clock.epochMs() + patienceMs };
    const { toyId } = await rpc.call(AddToy, { title }, ctx);
    return { toyId, replayed: wasReplayed(ctx) };
  };
}

/** Ids of toys that were made under a title. */
const made = async (title: string): Promise<string[]> =>
  (await store.scan(toys, { limit: 100 })).items.filter((toy) => toy.title === title).map(({ meta }) => meta.id);

test('thrown: the caller hears of a fault, asks again and gets the reply of the one effect', async () => {
  const ask = caller('thrown');
  next = () => {
    throw new Error('thrown at rpc.afterCommit');
  };
  await expect(ask(LONG_MS)).rejects.toMatchObject({ code: 'BUS.INTERNAL' });
  const again = await ask(LONG_MS);
  expect([again.replayed, await made('thrown')]).toEqual([true, [again.toyId]]);
});

test('hung: the wait of the caller ends by its own limit; the late reply is nobody’s, the effect is there once', async () => {
  const ask = caller('hung');
  const hang = Promise.withResolvers<void>();
  next = () => hang.promise;
  await expect(ask(SHORT_MS)).rejects.toMatchObject({ kind: 'unavailable' });
  // Others are served meanwhile, also the repetition.
  const again = await ask(LONG_MS);
  hang.resolve();
  const late = await ask(LONG_MS);
  expect([again.replayed, late.toyId, await made('hung')]).toEqual([true, again.toyId, [again.toyId]]);
});

test('slow: the caller gets the reply, late', async () => {
  next = () => new Promise((resolve) => void systemScheduler.after(SHORT_MS, resolve));
  const answer = await caller('slow')(LONG_MS);
  expect([answer.replayed, await made('slow')]).toEqual([false, [answer.toyId]]);
});
