// What stores and streams hold after the load.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../lib/api.mjs';
import { SERVICES } from '../stack/services.mjs';
import { storeOf } from '../stack/store-url.mjs';
import { faultsIn as judged } from './judge.ts';
import { followFaults } from './witness.ts';

const require = createRequire(import.meta.url);
const QUIET_WITHIN_MS = 120_000;
/** Who comes back to a stream waits 2 s first. */
const TOLD_WITHIN_MS = 20_000;
export const CONTEXTS = SERVICES.filter((service) => service !== 'gateway');

/** The databases of one drill, and their end. */
export async function openStores(mongo) {
  const { MongoClient } = require('mongodb');
  const client = await new MongoClient(mongo).connect();
  const nameOf = (service) => new URL(storeOf(mongo, service)).pathname.slice(1);
  const db = (service) => client.db(nameOf(service));
  return {
    outbox: async () =>
      (await Promise.all(CONTEXTS.map((each) => db(each).collection('outbox').find().toArray()))).flat(),
    inbox: async () =>
      (await Promise.all(CONTEXTS.map((each) => db(each).collection('inbox').find().toArray()))).flat(),
    documents: async (service, name) =>
      (await db(service).collection(`c_${name}`).find().toArray()).map(({ id, body }) => ({ ...JSON.parse(body), id })),
    drop: async () => {
      for (const each of CONTEXTS) await db(each).dropDatabase();
      await client.close();
    },
  };
}

async function openStreams({ url, seedOf }) {
  const { connectNats } = require('@gts/messaging');
  const nc = await connectNats({ service: 'topology', url, nkey: readFileSync(seedOf('topology'), 'utf8').trim() });
  const jsm = await nc.jetstreamManager();
  const names = async () =>
    (await jsm.streams.list().next()).map(({ config }) => config.name).filter((name) => /^(EVT_|CMD_|DLQ)/.test(name));
  return { jsm, names, close: () => nc.close() };
}

async function messagesOf(jsm, stream) {
  const { state } = await jsm.streams.info(stream);
  const found = [];
  for (let seq = state.first_seq; state.messages > 0 && seq <= state.last_seq; seq++) {
    const { header, data, subject } = await jsm.streams.getMessage(stream, { seq });
    const body = stream === 'DLQ' ? {} : JSON.parse(Buffer.from(data).toString());
    found.push({ stream, seq, subject, msgId: header.get('Nats-Msg-Id'), type: header.get('Gts-Type'), body });
  }
  return found;
}

async function onTheWay({ jsm, names }, stores) {
  const rows = await stores.outbox();
  let count = rows.filter(({ state }) => state !== 'published').length;
  for (const stream of await names())
    for await (const { num_pending: pending, num_ack_pending: open } of jsm.consumers.list(stream))
      count += pending + open;
  return count;
}

/** What every consumer noted of what it handled. */
async function notedBy(stores) {
  const gates = (await Promise.all(CONTEXTS.map((each) => stores.documents(each, 'gates')))).flat();
  return {
    inbox: new Set((await stores.inbox()).map(({ consumer, message }) => `${consumer} ${message}`)),
    gates: new Map(gates.map(({ id, lastVersion }) => [id, lastVersion])),
  };
}

function readings() {
  const { consumersOf, declaredServices } = require('@gts/contracts');
  return declaredServices.flatMap(({ subscriptions }) =>
    subscriptions.flatMap((each) => consumersOf(each).map((consumer) => ({ ...consumer, kind: each.kind }))),
  );
}

/** Waits until readers were told what happened, no longer than they may take to come back. */
async function told(followers, messages) {
  const missing = () => followers.flatMap((each) => followFaults(each, messages).lost).length;
  const end = performance.now() + TOLD_WITHIN_MS;
  while (missing() > 0 && performance.now() < end) await sleep(200);
}

/** Waits until everything was sent, handled by whoever wanted it and told, then reads all of it. */
export async function evidenceOf(broker, stores, followers) {
  const streams = await openStreams(broker);
  try {
    await until(
      () => onTheWay(streams, stores),
      (count) => count === 0,
      { everyMs: 300, withinMs: QUIET_WITHIN_MS },
    );
    const messages = [];
    for (const stream of await streams.names()) messages.push(...(await messagesOf(streams.jsm, stream)));
    await told(followers, messages);
    const dead = await Promise.all(CONTEXTS.map((each) => stores.documents(each, 'dead_letters')));
    return {
      messages,
      noted: await notedBy(stores),
      outbox: await stores.outbox(),
      chains: await stores.documents('signal-chains', 'signal-chains'),
      shootouts: await stores.documents('shootouts', 'shootouts'),
      deadLetters: dead.flat().length,
    };
  } finally {
    await streams.close();
  }
}

/** Effects that are not there, there more than once, or out of order. */
export const faultsIn = (evidence, ledger) => judged(evidence, ledger, readings());
