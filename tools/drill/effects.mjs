// What stores and streams say after the load, held against what people were told (delivery.md §14: I1, I2, I3, I7).
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { until } from '../lib/api.mjs';
import { SERVICES } from '../stack/services.mjs';
import { storeOf } from '../stack/store-url.mjs';

const require = createRequire(import.meta.url);
const QUIET_WITHIN_MS = 120_000;
const CONTEXTS = SERVICES.filter((service) => service !== 'gateway');

/** The databases of one drill, and their end. */
export async function openStores(mongo) {
  const { MongoClient } = require('mongodb');
  const client = await new MongoClient(mongo).connect();
  const nameOf = (service) => new URL(storeOf(mongo, service)).pathname.slice(1);
  const db = (service) => client.db(nameOf(service));
  return {
    outbox: async () =>
      (await Promise.all(CONTEXTS.map((each) => db(each).collection('outbox').find().toArray()))).flat(),
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
    const { header, data } = await jsm.streams.getMessage(stream, { seq });
    const body = stream === 'DLQ' ? {} : JSON.parse(Buffer.from(data).toString());
    found.push({ stream, msgId: header.get('Nats-Msg-Id'), type: header.get('Gts-Type'), body });
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

/** Waits until everything was sent and handled by whoever wanted it, then reads all of it. */
export async function evidenceOf(broker, stores) {
  const streams = await openStreams(broker);
  try {
    await until(
      () => onTheWay(streams, stores),
      (count) => count === 0,
      { everyMs: 300, withinMs: QUIET_WITHIN_MS },
    );
    const messages = [];
    for (const stream of await streams.names()) messages.push(...(await messagesOf(streams.jsm, stream)));
    const dead = await Promise.all(CONTEXTS.map((each) => stores.documents(each, 'dead_letters')));
    return {
      messages,
      outbox: await stores.outbox(),
      chains: await stores.documents('signal-chains', 'signal-chains'),
      shootouts: await stores.documents('shootouts', 'shootouts'),
      deadLetters: dead.flat().length,
    };
  } finally {
    await streams.close();
  }
}

const countBy = (list, key) => {
  const counts = new Map();
  for (const each of list) counts.set(key(each), (counts.get(key(each)) ?? 0) + 1);
  return counts;
};
const above = (counts, most) => [...counts].filter(([, count]) => count > most).map(([key]) => key);

/** Aggregates whose events do not lie in their stream as 1, 2, 3 … */
function outOfOrder(messages) {
  const last = new Map();
  const wrong = new Set();
  for (const { stream, body } of messages) {
    if (!stream.startsWith('EVT_') || !body.aggregate) continue;
    const key = `${body.aggregate.type}/${body.aggregate.id}`;
    if (body.aggregate.version !== (last.get(key) ?? 0) + 1) wrong.add(key);
    last.set(key, body.aggregate.version);
  }
  return [...wrong];
}

function chainFaults({ chains, messages }, ledger) {
  const counts = countBy(chains, ({ name }) => name);
  const ids = new Map(chains.map(({ name, id }) => [name, id]));
  const told = [...ledger.chains].filter(([, id]) => id !== undefined);
  const created = countBy(
    messages.filter(({ type }) => type === 'signal-chains.SignalChainCreated'),
    ({ body }) => body.aggregate.id,
  );
  return {
    lost: [
      ...told.filter(([name, id]) => ids.get(name) !== id).map(([name]) => `chain ${name}`),
      ...chains.filter(({ id }) => !created.has(id)).map(({ id }) => `event of chain ${id}`),
    ],
    repeated: [...above(counts, 1), ...above(created, 1)].map((each) => `chain ${each}`),
  };
}

function renderFaults({ shootouts, messages }, ledger) {
  const of = (type) => messages.filter((each) => each.type === type);
  const finished = countBy(of('shootouts.ShootoutFinalised'), ({ body }) => body.aggregate.id);
  const jobs = countBy(of('rendering.RenderJobCompleted'), ({ body }) => body.aggregate.id);
  const states = new Map(shootouts.map(({ id, status }) => [id, status]));
  const wanted = ledger.renders.filter(({ shootoutId, status }) => shootoutId && status !== undefined);
  const incomplete = wanted.filter(
    ({ shootoutId }) => states.get(shootoutId) !== 'COMPLETED' || !finished.has(shootoutId),
  );
  return {
    lost: incomplete.map(({ shootoutId }) => `render of ${shootoutId}: ${states.get(shootoutId)}`),
    repeated: [...above(finished, 1), ...above(jobs, 1)].map((each) => `render of ${each}`),
  };
}

function messageFaults({ messages, outbox }) {
  const ids = countBy(messages, ({ msgId }) => msgId);
  const sent = outbox.map(({ headers }) => JSON.parse(headers)['Nats-Msg-Id']);
  return { lost: sent.filter((id) => !ids.has(id)).map((id) => `message ${id}`), repeated: above(ids, 1) };
}

/** Effects that are not there, there more than once, or out of order. */
export function faultsIn(evidence, ledger) {
  const all = [chainFaults(evidence, ledger), renderFaults(evidence, ledger), messageFaults(evidence)];
  return {
    lost: all.flatMap(({ lost }) => lost),
    repeated: all.flatMap(({ repeated }) => repeated),
    outOfOrder: outOfOrder(evidence.messages),
  };
}
