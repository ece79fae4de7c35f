// What broker and stores of a compose stack hold: the witness that nothing happened twice, and nothing got lost.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectNats } from '@gts/messaging';
import { MongoClient } from 'mongodb';
import { z } from 'zod';
import { until } from '../lib/api.mjs';
import { addressOf, type RunningStack, SERVICES } from './containers.ts';
import { root } from './engine.ts';

const KEPT = /^(EVT_|CMD_|DLQ)/;
const STORED = SERVICES.filter((service) => service !== 'gateway');
const QUIET = { everyMs: 500, withinMs: 60_000 };
const event = z.looseObject({
  type: z.string(),
  aggregate: z.looseObject({ type: z.string(), id: z.string(), version: z.number() }),
});
export type SeenEvent = Readonly<{ stream: string; messageId: string; event: z.output<typeof event> }>;

type Row = Readonly<{ service: string; id: string; state: string }>;
type Held = Readonly<{ messages: ReadonlySet<string>; dead: readonly string[]; rows: readonly Row[] }>;
export type Evidence = Held & Readonly<{ events: readonly SeenEvent[] }>;

const secret = (name: string): string => readFileSync(join(root, 'deploy/compose/secrets', name), 'utf8').trim();

type Message = Readonly<{ stream: string; messageId: string; subject: string; seq: number; json: () => unknown }>;

/** Everything in streams of events, commands and dead letters, in order of its stream. */
async function messagesOf(stack: RunningStack): Promise<readonly Message[]> {
  const url = `nats://${addressOf(stack, 'nats')}:4222`;
  const nc = await connectNats({ service: 'topology', url, nkey: secret('topology-nats-nkey') });
  try {
    const jsm = await nc.jetstreamManager();
    const seen: Message[] = [];
    for await (const { config, state } of jsm.streams.list())
      for (let seq = state.first_seq; KEPT.test(config.name) && state.messages > 0 && seq <= state.last_seq; seq++) {
        const message = await jsm.streams.getMessage(config.name, { seq });
        const messageId = message.header.get('Nats-Msg-Id');
        seen.push({ stream: config.name, messageId, subject: message.subject, seq, json: () => message.json() });
      }
    return seen;
  } finally {
    await nc.close();
  }
}

/** Outbox rows and parked letters of one database, read as its service; from the host its member has no name. */
async function rowsOf(stack: RunningStack, service: string): Promise<Pick<Held, 'rows' | 'dead'>> {
  const url = new URL(secret(`${service}-store-url`));
  url.host = `${addressOf(stack, 'mongodb')}:27017`;
  url.search = '?directConnection=true';
  const client = new MongoClient(url.href);
  try {
    const outbox = client.db().collection<{ _id: string; state: string; headers: string }>('outbox');
    const rows = await outbox.find().toArray();
    const letters = await client.db().collection('c_dead_letters').countDocuments();
    return {
      rows: rows.map(({ headers, state }) => ({
        service,
        state,
        id: z.string().parse(headersOf(headers)['Nats-Msg-Id']),
      })),
      dead: letters === 0 ? [] : [`${letters} of ${service}`],
    };
  } finally {
    await client.close();
  }
}
const headersOf = (text: string) => z.record(z.string(), z.string()).parse(JSON.parse(text));

/** What streams and stores of a stack hold, as soon as every row has been sent; else what is left after a minute. */
export async function evidenceOf(stack: RunningStack): Promise<Evidence> {
  const stored = () => Promise.all(STORED.map((service) => rowsOf(stack, service)));
  const all = await until(stored, (each) => each.every(({ rows }) => rows.every(isSent)), QUIET).catch(stored);
  const seen = await messagesOf(stack);
  const letters = seen.filter(({ stream }) => stream === 'DLQ');
  return {
    events: seen
      .filter(({ stream }) => stream.startsWith('EVT_'))
      .map(({ stream, messageId, json }) => ({ stream, messageId, event: event.parse(json()) })),
    messages: new Set(seen.map(({ messageId }) => messageId)),
    dead: [...letters.map(({ seq, subject }) => `DLQ ${seq} ${subject}`), ...all.flatMap(({ dead }) => dead)],
    rows: all.flatMap(({ rows }) => rows),
  };
}
const isSent = ({ state }: Row): boolean => state === 'published';

/** What was given up, was not sent, or was sent to a stream that does not have it. */
export function lossFaults({ messages, dead, rows }: Held): readonly string[] {
  const open = rows.filter((row) => !isSent(row));
  const gone = rows.filter((row) => isSent(row) && !messages.has(row.id));
  return [
    ...dead.map((letter) => `${letter} is a dead letter`),
    ...open.map(({ service, id, state }) => `${service}: row ${id} is ${state}`),
    ...gone.map(({ service, id }) => `${service}: row ${id} is published, and no stream has it`),
  ];
}

const repeated = (keys: readonly string[]): readonly string[] => [
  ...new Set(keys.filter((key, at) => keys.indexOf(key) !== at)),
];

/** Messages, or versions of an aggregate, that are there twice; shootouts that ended more or less than once. */
export function repetitionFaults(seen: readonly SeenEvent[], shootouts: readonly string[]): readonly string[] {
  const versions = seen.map(({ event: { aggregate } }) => `${aggregate.type} ${aggregate.id} ${aggregate.version}`);
  const ends = (id: string) =>
    seen.filter(({ event: each }) => each.aggregate.id === id && each.type === 'shootouts.ShootoutFinalised').length;
  return [
    ...repeated(seen.map(({ messageId }) => messageId)).map((id) => `message ${id} stands twice`),
    ...repeated(versions).map((version) => `${version} stands twice`),
    ...shootouts.filter((id) => ends(id) !== 1).map((id) => `shootout ${id} was finalised ${ends(id)} times`),
  ];
}
