import {
  brokerKeysConf,
  type BrokerUser,
  brokerUsersConf,
  catalogue,
  type ConsumerSpec,
  declaredServices,
  inboxPrefix,
  topologyNear,
  topologyOf,
} from '@gts/contracts';
import { type NatsServer, startNats } from '@gts/testing';
import type { Msg, NatsConnection } from 'nats';
import { systemScheduler } from '../ports';
import { applyTopology } from '../topology/apply';
import { connectNats } from './connect';
import { natsBus } from './nats-bus';
import { ordered } from './ordered';
import { newUserSeed, userKey } from './user-key';

const topology = topologyOf(catalogue, declaredServices, { limits: 'development' });
const { permissions, consumers } = topology;
const users = Object.keys(permissions) as BrokerUser[];
const services = declaredServices.map(({ service }) => service);
const seeds = new Map(users.map((user) => [user, newUserSeed()]));
/** Far below the time-out of a request, 5 s: who waits for that was not refused. */
const AT_ONCE_MS = 1000;

let server: NatsServer;
const open: NatsConnection[] = [];
const as = async (user: BrokerUser): Promise<NatsConnection> => {
  const nc = await connectNats({ service: user, url: server.url, nkey: seeds.get(user) });
  open.push(nc);
  return nc;
};

beforeAll(async () => {
  const keys = Object.fromEntries([...seeds].map(([user, seed]) => [user, userKey(seed).publicKey]));
  server = await startNats('include ./users.conf\n', {
    'users.conf': brokerUsersConf(topology),
    'keys.conf': brokerKeysConf(keys),
  });
  await applyTopology(await as('topology'), topology, { mode: 'apply' });
});
afterEach(async () => {
  for (const nc of open.splice(0)) await nc.close();
});
afterAll(() => server.stop());

/**
 * What the broker refused of what `act` does, as `operation subject`. It answers in order: once it has refused a
 * subject that nobody may use, it has judged all before.
 */
async function refusedOf(nc: NatsConnection, act: () => void): Promise<string[]> {
  const refused: string[] = [];
  const last = `nobody.${refusals++}`;
  const status = nc.status();
  act();
  nc.publish(last);
  for await (const { permissionContext: at } of status) {
    if (at?.subject === last) break;
    if (at) refused.push(`${at.operation} ${at.subject}`);
  }
  return refused;
}
let refusals = 0;

/** How a request to a subject ends, and whether within the time that a refusal takes. */
async function answerOf(nc: NatsConnection, subject: string): Promise<string> {
  const end = ({ code = 'another error' }: { code?: string }) => code;
  return nc.request(subject, '{}', { timeout: AT_ONCE_MS }).then(() => 'answered', end);
}
const DENIED = 'PERMISSIONS_VIOLATION';

const foreignDurable = (service: string): ConsumerSpec | undefined =>
  consumers.find((each) => each.service !== service && each.stream.startsWith('EVT_'));

describe.each(declaredServices.map((each) => [each.service, each] as const))('%s', (service, declaration) => {
  const own = permissions[service] ?? { publish: [], subscribe: [] };
  const other = services.find((each) => each !== service && each !== 'gateway') ?? 'identity';
  const concrete = (subject: string) => subject.replaceAll('*', 'any').replace(/>$/, 'any.of.it');

  test('may do all that is declared', async () => {
    const nc = await as(service);
    const refused = await refusedOf(nc, () => {
      for (const subject of own.subscribe) nc.subscribe(subject, { callback: () => undefined });
      for (const subject of own.publish) nc.publish(concrete(subject), '{}');
    });
    expect(own.publish.length).toBeGreaterThan(5);
    expect(refused).toEqual([]);
  });

  test('verifies its durables, its streams and the version of the topology', async () => {
    const near = topologyNear(topology, declaration, catalogue);
    expect(near.streams.length).toBeGreaterThan(0);
    await applyTopology(await as(service), near, { mode: 'verify' });
  });

  test('is refused at once what belongs to others', async () => {
    const nc = await as(service);
    const { stream = '', durable = '' } = foreignDurable(service) ?? {};
    const foreign = {
      event: `evt.${other}.p00.Anything.Happened`,
      'dead letter': `dlq.${other}.any`,
      durable: `$JS.API.CONSUMER.MSG.NEXT.${stream}.${durable}`,
      'change of a durable': `$JS.API.CONSUMER.DURABLE.CREATE.${stream}.${durable}`,
      'change of a durable, newer': `$JS.API.CONSUMER.CREATE.${stream}.${durable}`,
      'end of a durable': `$JS.API.CONSUMER.DELETE.${stream}.${durable}`,
      'end of a stream': `$JS.API.STREAM.DELETE.${stream}`,
      emptying: `$JS.API.STREAM.PURGE.${stream}`,
      'undeclared rpc': `rpc.${other}.NobodyDeclaredThis`,
      'undeclared command': `cmd.${other}.NobodyDeclaredThis`,
      'topology version': '$KV.TOPOLOGY.version',
      'inbox of another': `_INBOX_${other}.x`,
    };
    const answers = await Promise.all(Object.values(foreign).map((subject) => answerOf(nc, subject)));
    expect(Object.fromEntries(Object.keys(foreign).map((what, at) => [what, answers[at]]))).toEqual(
      Object.fromEntries(Object.keys(foreign).map((what) => [what, DENIED])),
    );
  });

  test('may not listen to others', async () => {
    const nc = await as(service);
    const subjects = ['>', `rpc.${other}.>`, `_INBOX_${other}.>`, 'evt.>', 'dlq.>', '$KV.>', '$JS.>'];
    const refused = await refusedOf(nc, () => {
      for (const subject of subjects) nc.subscribe(subject, { callback: () => undefined });
    });
    expect(refused).toEqual(subjects.map((subject) => `subscription ${subject}`));
  });
});

test('who was asked may answer once', async () => {
  const [asked, asker] = [await as('shootouts'), await as('gateway')];
  const subject = permissions.shootouts?.subscribe.find((each) => each.startsWith('rpc.')) ?? '';
  const arrived = Promise.withResolvers<Msg>();
  asked.subscribe(subject, { callback: (_error, msg) => arrived.resolve(msg) });
  await asked.flush();
  const heard: string[] = [];
  const inbox = `${inboxPrefix('gateway')}.one`;
  asker.subscribe(inbox, { callback: (_error, msg) => void heard.push(msg.string()) });
  asker.publish(subject, '{}', { reply: inbox });
  const msg = await arrived.promise;
  const refused = await refusedOf(asked, () => (msg.respond('first'), msg.respond('second')));
  await asker.flush();
  expect([heard, refused]).toEqual([['first'], [`publish ${inbox}`]]);
});

test('a reply that the broker takes no more is no lack of rights', async () => {
  const [asked, asker] = [await as('shootouts'), await as('gateway')];
  const subject = permissions.shootouts?.subscribe.find((each) => each.startsWith('rpc.')) ?? '';
  const arrived = Promise.withResolvers<Msg>();
  asked.subscribe(subject, { callback: (_error, msg) => arrived.resolve(msg) });
  await asked.flush();
  asker.publish(subject, '{}', { reply: `${inboxPrefix('gateway')}.late` });
  const msg = await arrived.promise;
  const told: string[] = [];
  const bus = natsBus({
    nc: asked,
    inbox: inboxPrefix('shootouts'),
    onStatus: (status, detail) => void told.push(`${status} ${detail}`),
  });
  const refused = await refusedOf(asked, () => (msg.respond('in time'), msg.respond('late')));
  expect(refused).toHaveLength(1);
  expect(told).toEqual([expect.stringMatching(/^denied .*nobody\.\d+"$/)]);
  await bus.close();
});

test('a reader without a durable gets the events of a stream, and becomes no durable', async () => {
  const writer = natsBus({ nc: await as('shootouts'), inbox: inboxPrefix('shootouts') });
  const nc = await as('gateway');
  const ended = new AbortController();
  const at = { stream: 'EVT_SHOOTOUTS', filter: 'evt.shootouts.>', start: {}, inbox: inboxPrefix('gateway') };
  const body = Buffer.from('{"seen": true}');
  await writer.publish({ subject: 'evt.shootouts.p00.Shootout.Seen', headers: {}, body });
  const bodies: string[] = [];
  const refused = await refusedOf(nc, () => undefined);
  for await (const { msg } of ordered({ nc, ...at, scheduler: systemScheduler, signal: ended.signal })) {
    bodies.push(msg.string());
    if (bodies.at(-1) === String(body)) ended.abort();
  }
  expect(bodies).toContain(String(body));
  expect(refused).toEqual([]);
  const stolen = consumers.find(({ stream }) => stream === at.stream)?.durable;
  const asked = { stream_name: at.stream, config: { name: stolen, durable_name: stolen, ack_policy: 'none' } };
  const answer = await nc.request(`$JS.API.CONSUMER.CREATE.${at.stream}`, JSON.stringify(asked));
  expect(answer.json()).toMatchObject({ error: { code: 400 } });
  await writer.close();
});

test('nobody comes in without a key', async () => {
  const nc = connectNats({
    service: 'rendering',
    url: server.url,
    nkey: newUserSeed(),
  });
  await expect(nc).rejects.toMatchObject({ code: 'AUTHORIZATION_VIOLATION' });
});
