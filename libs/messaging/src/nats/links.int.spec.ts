import { once } from 'node:events';
import { type AddressInfo, createConnection, createServer } from 'node:net';
import { context, inboxPrefix, progressSubject, brokerSubjects } from '@gts/contracts';
import { clockOf, idFactory } from '@gts/kernel';
import { aContext, anId, type NatsServer, startNats } from '@gts/testing';
import type { NatsConnection } from 'nats';
import { z } from 'zod';
import { contractMessage, contractTopology } from '../bus-contract';
import { createBroadcasts } from '../broadcasts';
import { createProgressReporter, progressOf } from '../progress';
import { followProgress } from '../tail';
import { applyTopology } from '../topology/apply';
import { connectNats } from './connect';
import { natsBus } from './nats-bus';

const clock = clockOf(() => Math.floor(performance.timeOrigin + performance.now()));
const newId = idFactory(() => clock.epochMs());

/** A link to the broker that can be frozen: connected, but nothing passes any more. */
async function startLink(port: number) {
  const pairs: (() => void)[] = [];
  const server = createServer((near) => {
    const far = createConnection(port, '127.0.0.1');
    near.pipe(far).pipe(near);
    for (const socket of [near, far]) socket.on('error', () => undefined);
    pairs.push(() => {
      near.unpipe(far);
      far.unpipe(near);
    });
    near.on('close', () => far.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `nats://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const freeze = () => {
    for (const cut of pairs) cut();
  };
  return { url, freeze, close: () => void server.close() };
}

let server: NatsServer;
let nc: NatsConnection;
beforeAll(async () => {
  server = await startNats();
  nc = await connectNats({ service: 'rendering', url: server.url });
  await applyTopology(nc, contractTopology, { mode: 'apply' });
});
afterAll(async () => {
  await nc.close();
  await server.stop();
});

test('a half-open link: a publish ends by its own time-out, others go on', async () => {
  const link = await startLink(server.port);
  const cut = await connectNats({ service: 'rendering', url: link.url });
  const bus = natsBus({ nc: cut, inbox: inboxPrefix('rendering') });
  const whole = natsBus({ nc, inbox: inboxPrefix('rendering') });
  expect((await bus.publish(contractMessage('before'))).duplicate).toBe(false);
  link.freeze();
  const lost = bus.publish(contractMessage('after'));
  await expect(lost).rejects.toMatchObject({ code: 'BUS.PUBLISH_TIMEOUT', kind: 'unavailable' });
  // The same id through a link that works: stored once, whatever became of the first try.
  expect((await whole.publish(contractMessage('before'))).duplicate).toBe(true);
  await whole.publish(contractMessage('after'));
  await Promise.all([bus.close(), whole.close()]);
  await cut.close();
  link.close();
});

test('a hint reaches every replica of its service, itself too, and one that is no JSON is still heard', async () => {
  const other = await connectNats({ service: 'rendering', url: server.url });
  const heard: unknown[] = [];
  const all = Promise.withResolvers<void>();
  const listeners = [nc, other].map((link, i) =>
    createBroadcasts({ nc: link, service: 'rendering' }).hear('cancelled', (data) => {
      heard.push([i, data]);
      if (heard.length === 4) all.resolve();
    }),
  );
  createBroadcasts({ nc: other, service: 'identity' }).hear('cancelled', () => heard.push('a stranger'));
  await Promise.all([nc.flush(), other.flush()]);
  nc.publish(brokerSubjects.broadcast('rendering', 'cancelled'), 'no JSON');
  createBroadcasts({ nc, service: 'rendering' }).tell('cancelled', { runId: 'r', epoch: 2 });
  await all.promise;
  for (const stop of listeners) stop();
  const both = [undefined, { runId: 'r', epoch: 2 }].flatMap((data) => [0, 1].map((i) => [i, data]));
  expect(heard).toHaveLength(4);
  expect(heard).toEqual(expect.arrayContaining(both));
  await other.close();
});

test('progress reaches who follows it, the latest of a burst wins', async () => {
  const Rendered = context('rendering').progress('Rendered', {
    version: 1,
    summary: 'How far a render is.',
    data: z.strictObject({ percent: z.int() }),
    example: { percent: 1 },
  });
  const seen: unknown[] = [];
  const last = Promise.withResolvers<void>();
  const stop = followProgress(nc, progressOf('rendering'), ({ type, data }) => {
    seen.push([type, data]);
    if ((data as { percent: number }).percent === 9) last.resolve();
  });
  await nc.flush();
  nc.publish(progressSubject(Rendered, anId(1)), 'no envelope');
  const reporter = createProgressReporter({ nc, service: 'rendering', newId, clock });
  for (let percent = 1; percent <= 9; percent++) reporter.report(Rendered, anId(1), { percent }, aContext());
  await last.promise;
  stop();
  expect(seen).toEqual([
    [Rendered.type, { percent: 1 }],
    [Rendered.type, { percent: 9 }],
  ]);
});
