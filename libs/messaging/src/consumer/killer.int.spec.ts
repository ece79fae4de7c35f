import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { declareService, inboxPrefix, topologyOf } from '@gts/contracts';
import { clockOf, idFactory, SYSTEM_TENANT } from '@gts/kernel';
import { aContext, anId, Happened, type NatsServer, startNats, testStores, toys } from '@gts/testing';
import { applyTopology, connectNats, createEncoder, deadLetterRows, natsBus } from '../index';

const clock = clockOf(() => Math.floor(performance.timeOrigin + performance.now()));
const newId = idFactory(() => clock.epochMs());
const ACK_WAIT_MS = 1000;
const KILLER = 13;
/** Six starts of the killer, and one life that parks it; a slow machine may need another. */
const MOST_LIVES = 9;
const declared = declareService('rendering', {
  subscriptions: [{ name: 'count', kind: 'handler', from: [Happened] }],
});

/** A service on built files: tells on its output what it starts, applies and parks. */
const SERVICE = `
const { context } = require('@gts/contracts');
const { clockOf, idFactory } = require('@gts/kernel');
const { connectNats, createConsumers, natsBus, on } = require('@gts/messaging');
const { openStore } = require('@gts/persistence');
const { z } = require('zod');
const [url, storeUrl] = process.argv.slice(1);
const clock = clockOf(() => Math.floor(performance.timeOrigin + performance.now()));
const Happened = context('shootouts').event('Happened', {
  aggregate: 'Toy', version: 1, summary: '', data: z.strictObject({ n: z.int() }), example: { n: 1 },
});
const tell = (line) => require('node:fs').writeSync(1, line + '\\n');
async function main() {
  const nc = await connectNats({ service: 'rendering', url });
  const store = await openStore({ url: storeUrl, service: 'rendering', clock });
  const consumers = createConsumers({
    service: 'rendering', store, clock, newId: idFactory(() => clock.epochMs()), owner: String(process.pid),
    bus: natsBus({ nc, inbox: '_INBOX_rendering' }), ackWaitMs: ${ACK_WAIT_MS},
    probe: (point) => { if (point === 'park.afterCommit') tell('parked'); },
    subscriptions: [on(Happened, { name: 'count', apply: ({ data }) => {
      tell('start ' + data.n);
      if (data.n === ${KILLER}) process.kill(process.pid, 'SIGKILL');
    } })],
  });
  consumers.start();
}
void main();
`;

const stores = testStores('killer');
let broker: NatsServer;
let child: ChildProcess;
beforeAll(async () => {
  broker = await startNats();
});
afterAll(async () => {
  child.kill('SIGKILL');
  await broker.stop();
  await stores.drop();
});

/** Starts the service again and again until it has parked the killer and applied the rest; answers all it told. */
async function untilSettled(): Promise<string[]> {
  const told: string[] = [];
  const settled = () => ['parked', 'start 1', 'start 2'].every((line) => told.includes(line));
  for (let life = 0; life < MOST_LIVES && !settled(); life++) {
    child = spawn(process.execPath, ['-e', SERVICE, broker.url, stores.url('rendering')], {
      cwd: __dirname,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'exit');
    if (child.stdout)
      for await (const line of createInterface(child.stdout)) {
        told.push(line);
        if (settled()) child.kill('SIGKILL');
      }
    await ended;
  }
  return told;
}

test('a message that kills its process each time is parked after six starts; the others are applied', async () => {
  const nc = await connectNats({ service: 'rendering', url: broker.url });
  const topology = topologyOf([toys], [declared], { limits: 'development', ackWaitMs: ACK_WAIT_MS });
  await applyTopology(nc, topology, { mode: 'apply' });
  const bus = natsBus({ nc, inbox: inboxPrefix('rendering') });
  const encoder = createEncoder({ producer: 'shootouts', newId, clock });
  const ctx = aContext();
  for (const n of [1, KILLER, 2]) {
    const aggregate = { type: 'Toy', id: anId(n), version: 1 };
    await bus.publish(encoder.encode({ message: Happened, data: { n } }, { ctx, occurredAt: clock.now(), aggregate }));
  }
  const told = await untilSettled();
  expect(told.filter((line) => line === `start ${KILLER}`)).toHaveLength(6);
  expect(told).toEqual(expect.arrayContaining(['start 1', 'start 2']));
  const store = await stores.open('rendering', { clock });
  const letters = await store
    .collection(deadLetterRows, aContext({ tenantId: SYSTEM_TENANT }))
    .query({ index: 'byState' });
  expect(letters.items.map(({ reason, type }) => [reason, type])).toEqual([['ATTEMPTS_EXHAUSTED', Happened.type]]);
  const info = await bus.info({ stream: 'EVT_SHOOTOUTS', durable: 'rendering__count' });
  expect(info.pending).toBe(0);
  await store.close();
  await bus.close();
  await nc.close();
});
