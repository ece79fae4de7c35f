// The pairs that are compared: the same work through our library and through its peer, on the same broker.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { AckPolicy, connect, headers } from 'nats';
import { measured } from './rows.mjs';

const require = createRequire(import.meta.url);
require('reflect-metadata');
const { z } = require('zod');
const { context, declareService, inboxPrefix, topologyOf } = require('@gts/contracts');
const { clockOf, idFactory } = require('@gts/kernel');
const messaging = require('@gts/messaging');
const { openSqliteStore } = require('@gts/persistence');

const clock = clockOf(() => Math.floor(performance.timeOrigin + performance.now()));
const newId = idFactory(() => clock.epochMs());
const IN_FLIGHT = 64;
const caller = {
  tenantId: '0199f000-0000-7000-8000-000000000001',
  actor: { kind: 'user', id: '0199f000-0000-7000-8000-000000000002' },
  scopes: ['self'],
  correlationId: '0199f000-0000-7000-8000-000000000003',
  deadline: 8.64e15,
};

const toys = context('shootouts');
const Echo = toys.query('BenchEcho', {
  version: 1,
  summary: 'Answers what it got.',
  auth: 'self',
  data: z.strictObject({ title: z.string(), count: z.int() }),
  reply: z.strictObject({ title: z.string(), count: z.int() }),
  example: { title: 'x', count: 1 },
});
const Happened = toys.event('BenchHappened', {
  aggregate: 'Bench',
  version: 1,
  summary: 'Something happened.',
  data: z.strictObject({ title: z.string(), count: z.int() }),
  example: { title: 'x', count: 1 },
});
const sample = { title: 'Plexi against Rectifier, the same take', count: 7 };

/** Keeps `inFlight` calls running until `total` are done. */
function rate(total, inFlight, call) {
  let next = 0;
  const lane = async () => {
    while (next < total) await call(next++);
  };
  return measured(total, () => Promise.all(Array.from({ length: inFlight }, lane)));
}

/** Nest's own transport: a microservice and a client proxy, as its documentation shows them. */
async function nestEcho(url) {
  const { NestFactory } = require('@nestjs/core');
  const { Module, Controller } = require('@nestjs/common');
  const { ClientProxyFactory, MessagePattern, Transport } = require('@nestjs/microservices');
  const { firstValueFrom } = require('rxjs');
  class EchoController {
    echo(data) {
      return data;
    }
  }
  const descriptor = Object.getOwnPropertyDescriptor(EchoController.prototype, 'echo');
  MessagePattern('bench.echo')(EchoController.prototype, 'echo', descriptor);
  Controller()(EchoController);
  class EchoModule {}
  Module({ controllers: [EchoController] })(EchoModule);
  const options = { transport: Transport.NATS, options: { servers: [url] } };
  const app = await NestFactory.createMicroservice(EchoModule, { ...options, logger: false });
  await app.listen();
  const client = ClientProxyFactory.create(options);
  await client.connect();
  return {
    call: () => firstValueFrom(client.send('bench.echo', sample)),
    close: async () => {
      client.close();
      await app.close();
    },
  };
}

export async function rpcPair({ url }) {
  const nest = await nestEcho(url);
  const [nc, ncServer] = await Promise.all([connect({ servers: url }), connect({ servers: url })]);
  const principal = { tenantId: caller.tenantId, actor: caller.actor, scopes: caller.scopes };
  const server = messaging.createRpcServer({
    nc: ncServer,
    service: 'shootouts',
    clock,
    verifyToken: async () => principal,
  });
  server.serve(Echo, async (data) => data);
  await ncServer.flush();
  const rpc = messaging.createRpcClient({ nc, inbox: inboxPrefix('gateway'), clock });
  const ctx = { ...caller, token: 'x'.repeat(300) };
  const total = 5000;
  return {
    unit: 'requests/s',
    peer: 'Nest NATS transport',
    slices: 4,
    ours: () => rate(total, IN_FLIGHT, () => rpc.call(Echo, sample, { ...ctx, deadline: clock.epochMs() + 5000 })),
    theirs: () => rate(total, IN_FLIGHT, () => nest.call()),
    close: async () => {
      await server.stop(1000);
      rpc.close();
      await nest.close();
      await nc.close();
      await ncServer.close();
    },
  };
}

const encoder = messaging.createEncoder({ producer: 'shootouts', newId, clock });
const rowFor = (aggregateId, version) =>
  encoder.encode(
    { message: Happened, data: sample },
    { ctx: caller, occurredAt: clock.now(), aggregate: { type: 'Bench', id: aggregateId, version } },
  );

const topology = topologyOf(
  [toys],
  [declareService('rendering', { subscriptions: [{ name: 'bench', kind: 'handler', from: [Happened] }] })],
);

export async function publishPair({ url }) {
  const nc = await connect({ servers: url });
  const { streams } = topology;
  await messaging.applyTopology(nc, { ...topology, streams, consumers: [] }, { mode: 'apply' });
  const bus = messaging.natsBus({ nc, inbox: inboxPrefix('shootouts') });
  const js = nc.jetstream();
  const total = 20_000;
  const rows = () => Array.from({ length: total }, (_, at) => rowFor(newId(), at + 1));
  const window = 256;
  return {
    unit: 'messages/s',
    peer: 'js.publish',
    ours: () => {
      const ready = rows();
      return rate(total, window, (at) => bus.publish(ready[at]));
    },
    // The client's own way is one call after the other's acknowledgement or many at once; many is its best.
    theirs: () => {
      const ready = rows();
      return rate(total, window, (at) => {
        const { subject, body, headers: pairs } = ready[at];
        const h = headers();
        for (const [key, value] of Object.entries(pairs)) h.set(key, value);
        return js.publish(subject, body, { headers: h });
      });
    },
    close: async () => {
      await bus.close();
      await nc.close();
    },
  };
}

const TOTAL = 20_000;

async function bareConsume(nc, name) {
  const jsm = await nc.jetstreamManager();
  await jsm.consumers.add('EVT_SHOOTOUTS', {
    durable_name: name,
    ack_policy: AckPolicy.Explicit,
    max_ack_pending: 512,
  });
  const consumer = await nc.jetstream().consumers.get('EVT_SHOOTOUTS', name);
  const result = await measured(TOTAL, async () => {
    const messages = await consumer.consume({ max_messages: 128 });
    let count = 0;
    for await (const message of messages) {
      message.ack();
      if (++count === TOTAL) break;
    }
  });
  await jsm.consumers.delete('EVT_SHOOTOUTS', name);
  return result;
}

async function ourConsume({ bus, store, name }) {
  let count = 0;
  let end;
  const done = new Promise((resolve) => (end = resolve));
  const apply = () => {
    if (++count === TOTAL) end();
  };
  const consumers = messaging.createConsumers({
    service: 'rendering',
    store,
    bus,
    clock,
    newId,
    owner: 'bench',
    subscriptions: [messaging.on(Happened, { name, apply })],
  });
  const result = await measured(TOTAL, async () => {
    consumers.start();
    await done;
    await consumers.stop();
  });
  return result;
}

export async function consumePair({ url, folder }) {
  const nc = await connect({ servers: url });
  const jsm = await nc.jetstreamManager();
  await messaging.applyTopology(nc, { ...topology, consumers: [] }, { mode: 'apply' });
  await jsm.streams.purge('EVT_SHOOTOUTS');
  const bus = messaging.natsBus({ nc, inbox: inboxPrefix('rendering') });
  const ready = Array.from({ length: TOTAL }, (_, at) => rowFor(newId(), at + 1));
  await rate(TOTAL, 256, (at) => bus.publish(ready[at]));
  const store = await openSqliteStore({ file: join(folder, 'consume.sqlite'), clock });
  let round = 0;
  return {
    unit: 'messages/s',
    peer: 'bare consume and ack',
    ours: async () => {
      const name = `bench${round++}`;
      const declared = declareService('rendering', { subscriptions: [{ name, kind: 'handler', from: [Happened] }] });
      await messaging.applyTopology(nc, topologyOf([toys], [declared]), { mode: 'apply' });
      return ourConsume({ bus, store, name });
    },
    theirs: () => bareConsume(nc, `bare${round++}`),
    close: async () => {
      await bus.close();
      await nc.close();
      await store.close();
    },
  };
}
