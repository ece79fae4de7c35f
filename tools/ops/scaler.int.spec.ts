import { catalogue, declaredServices, topologyOf } from '@gts/contracts';
import { applyTopology, connectNats } from '@gts/messaging';
import { freePort, type NatsServer, startNats } from '@gts/testing';
import type { JsMsg, NatsConnection } from 'nats';
import { ofKind, rendered } from './documents.ts';
import { replicasFor, trigger } from './scaler.ts';

const [scaled] = ofKind(rendered('k8s/overlays/prod'), 'ScaledObject');
const wanted = trigger.parse(scaled?.['spec']);
const topology = topologyOf(catalogue, declaredServices, { limits: 'development' });
const [{ metadata: at } = { metadata: { stream: '', consumer: '' } }] = wanted.triggers;

let server: NatsServer;
let nc: NatsConnection;
let monitor: string;
beforeAll(async () => {
  const port = await freePort();
  server = await startNats(`http: "127.0.0.1:${port}"\n`);
  monitor = `http://127.0.0.1:${port}/jsz?consumers=1&config=1`;
  nc = await connectNats({ service: 'topology', url: server.url });
});
afterAll(async () => {
  await nc.close();
  await server.stop();
});
const read = async () => (await fetch(monitor)).json();

test('a durable that is not there yet is an error, never a number', async () => {
  const seen: unknown = await read();
  expect(() => replicasFor(seen, wanted)).toThrow('the durable does not exist');
});

test('replicas follow a load curve: what waits and what is worked on both count', async () => {
  await applyTopology(nc, topology, { mode: 'apply' });
  const js = nc.jetstream();
  const consumer = await js.consumers.get(at.stream, at.consumer);
  const held: JsMsg[] = [];
  const more = async (count: number) => {
    for (let nth = 0; nth < count; nth++) await js.publish('cmd.rendering.RenderChain', '{}');
  };
  const take = async (count: number) => {
    for (let nth = 0; nth < count; nth++) {
      const msg = await consumer.next();
      if (msg) held.push(msg);
    }
  };
  const done = async (count: number) => {
    for (const msg of held.splice(0, count)) await msg.ackAck();
  };
  /** Work that arrives, that is taken up, that is done; how many replicas that asks for. */
  const curve: readonly (readonly [number, number, number, number])[] = [
    [0, 0, 0, 1],
    [1, 0, 0, 1],
    [2, 0, 0, 2],
    [0, 3, 0, 2],
    [10, 0, 0, 7],
    [0, 4, 4, 5],
    [50, 0, 0, 20],
    [0, 56, 50, 5],
    [0, 0, 9, 1],
  ];
  const found: number[] = [];
  for (const [arrive, start, end] of curve) {
    await more(arrive);
    await take(start);
    await done(end);
    found.push(replicasFor(await read(), wanted));
  }
  expect(found).toEqual(curve.map(([, , , replicas]) => replicas));
});
