// One service of the saga bench: `node saga-process.mjs <service> <broker> <folder> <full|normal>`, ordered about by IPC.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Requested, subscriptionsOf } from './saga-definition.mjs';

const require = createRequire(import.meta.url);
const { inboxPrefix } = require('@gts/contracts');
const { clockOf, idFactory } = require('@gts/kernel');
const { connectNats, createConsumers, createEncoder, natsBus, Relay, systemScheduler } = require('@gts/messaging');
const { openSqliteStore } = require('@gts/persistence');

const [service, url, folder, sync] = process.argv.slice(2);
const clock = clockOf(() => Math.floor(performance.timeOrigin + performance.now()));
const newId = idFactory(() => clock.epochMs());
const owner = newId();
const TOGETHER = 25;

let left = 0;
const observe = ({ fact, outcome }) => {
  if (fact !== 'finished') return;
  if (outcome !== 'completed') throw new Error(`a saga of the bench ended ${outcome}`);
  if (--left === 0) process.send('finished');
};

const store = await openSqliteStore({ file: join(folder, `${service}.sqlite`), clock, sync });
const bus = natsBus({ nc: await connectNats({ service, url }), inbox: inboxPrefix(service) });
const encoder = createEncoder({ producer: service, newId, clock });
const { subscriptions, start } = subscriptionsOf(service, { store, encoder, newId, observe });
const relay = new Relay({ service, store, bus, scheduler: systemScheduler, owner });
const consumers = createConsumers({ service, store, bus, clock, newId, owner, subscriptions });
relay.start();
consumers.start();
start();

const tenantId = newId();
const ctx = () => ({
  tenantId,
  actor: { kind: 'user', id: newId() },
  scopes: [],
  correlationId: newId(),
  deadline: 8e15,
});
async function request(runs) {
  left = runs;
  for (let at = 0; at < runs; at += TOGETHER) {
    const caller = ctx();
    await store.transaction(caller, async (unit) => {
      for (let i = at; i < Math.min(runs, at + TOGETHER); i++) {
        const runId = newId();
        const aggregate = { type: 'BenchRun', id: runId, version: 1 };
        unit.outbox.add(
          encoder.encode({ message: Requested, data: { runId } }, { ctx: caller, occurredAt: clock.now(), aggregate }),
        );
      }
    });
  }
}

process.on('message', (order) => {
  if (order === 'cpu') process.send({ cpu: process.cpuUsage() });
  else void request(order.runs);
});
process.on('disconnect', () => process.exit());
process.send('ready');
