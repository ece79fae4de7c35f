import { context, inboxPrefix } from '@gts/contracts';
import { clockOf } from '@gts/kernel';
import { aContext, type NatsServer, startNats } from '@gts/testing';
import type { NatsConnection } from 'nats';
import { z } from 'zod';
import type { Delivery } from '../bus';
import { contractMessage, contractTopology } from '../bus-contract';
import { createRpcClient } from '../rpc/client';
import { createRpcServer } from '../rpc/server';
import { applyTopology } from '../topology/apply';
import { connectNats } from './connect';
import { natsBus } from './nats-bus';

// Replicas of a service sign in as one user and so share the prefix of their reply subjects: what one of them is
// answered is nobody else's.
const clock = clockOf(() => Math.floor(performance.timeOrigin + performance.now()));
const service = 'rendering';
const inbox = inboxPrefix(service);
const Echo = context(service).query('Echo', {
  version: 1,
  auth: 'public',
  summary: 'Says it again.',
  data: z.strictObject({ text: z.string() }),
  reply: z.strictObject({ text: z.string() }),
  example: { text: 'x' },
});
const EACH = 50;
const numbers = Array.from({ length: EACH }, (_, nth) => nth);

let broker: NatsServer;
let third: NatsConnection;
let replicas: NatsConnection[];
beforeAll(async () => {
  broker = await startNats();
  const connect = () => connectNats({ service, url: broker.url });
  third = await connect();
  replicas = [await connect(), await connect()];
});
afterAll(async () => {
  await Promise.all([third, ...replicas].map((nc) => nc.close()));
  await broker.stop();
});

test('each replica gets the replies to its own requests', async () => {
  const server = createRpcServer({
    nc: third,
    service,
    verifyToken: () => Promise.reject(new Error('nobody has a token')),
    clock,
  });
  server.serve(Echo, ({ text }: { text: string }) => Promise.resolve({ text }));
  const clients = replicas.map((nc) => createRpcClient({ nc, inbox, clock }));
  await third.flush();
  const asked = clients.map((client, who) =>
    Promise.all(numbers.map((nth) => client.call(Echo, { text: `${who}/${nth}` }, aContext()))),
  );
  expect(await Promise.all(asked)).toEqual([0, 1].map((who) => numbers.map((nth) => ({ text: `${who}/${nth}` }))));
  await server.stop(100);
  for (const client of clients) client.close();
});

test('a message is delivered to one replica, and each hears only of what it published', async () => {
  await applyTopology(third, contractTopology, { mode: 'apply' });
  const buses = replicas.map((nc) => natsBus({ nc, inbox }));
  const { stream, durable } = contractTopology.consumers[0] ?? { stream: '', durable: '' };
  const delivered: number[] = [];
  const all = Promise.withResolvers<void>();
  const onMessage = (delivery: Delivery) => {
    delivered.push(delivery.seq);
    delivery.ack();
    if (delivered.length >= 2 * EACH) all.resolve();
  };
  for (const bus of buses) bus.consume({ stream, durable, maxMessages: 8, onMessage });
  const sent = await Promise.all(
    buses.flatMap((bus, who) => numbers.map((nth) => bus.publish(contractMessage(`${who}-${nth}`)))),
  );
  await all.promise;
  // What came twice, came in the same breath.
  await Promise.all(replicas.map((nc) => nc.flush()));
  expect(new Set(sent.map(({ seq }) => seq)).size).toBe(2 * EACH);
  expect(delivered.toSorted((a, b) => a - b)).toEqual(sent.map(({ seq }) => seq).toSorted((a, b) => a - b));
  await Promise.all(buses.map((bus) => bus.close()));
});
