import { clockOf, idFactory, type MessageId, SYSTEM_TENANT } from '@gts/kernel';
import type { Store } from '@gts/persistence';
import { aContext, anId, Happened, onMongo, testStores } from '@gts/testing';
import type { BusMessage, PubAck } from '../bus';
import { createEncoder } from '../encoder';
import { busErrors } from '../errors';
import { MESSAGE_ID } from '../headers';
import { outboxHandlers } from '../operator/outbox';
import { noLog, noMetrics, type Scheduler, systemScheduler } from '../ports';
import { Relay } from './relay';

/** Leases, polls and looks at quarantine five times as fast; store time with them. */
const SPEED = 5;
const beginMs = Math.floor(performance.timeOrigin);
const clock = clockOf(() => beginMs + Math.floor(performance.now() * SPEED));
const newId = idFactory(() => clock.epochMs());
const scheduler: Scheduler = {
  ...systemScheduler,
  after: (ms, run) => systemScheduler.after(ms / SPEED, run),
  nowMs: () => performance.now() * SPEED,
};
const stores = testStores('replicas');
afterAll(() => stores.drop());

/** A broker that refuses what is named, for good. */
function broker() {
  const sent: { owner: string; id: string | undefined }[] = [];
  const refused = new Set<string>();
  const bus = (owner: string) => ({
    publish: async ({ headers }: BusMessage): Promise<PubAck> => {
      const id = headers[MESSAGE_ID]?.split(':').at(-1);
      if (refused.has(id ?? '')) throw busErrors.PAYLOAD_TOO_LARGE(2_000_000);
      const seq = sent.push({ owner, id });
      return { stream: 'EVT_SHOOTOUTS', seq, duplicate: false };
    },
  });
  return { sent, refused, bus };
}

/** Two replicas: each with a store of its own on one database; a file has one store, so there they share it. */
async function setUp(database: string) {
  const { sent, refused, bus } = broker();
  const one = await stores.open(database, { clock });
  const two = onMongo() ? await stores.open(database, { clock }) : one;
  const shares = new Map<string, number>();
  const replica = (owner: string, store: Store) => {
    const gauge = (name: string, value: number) =>
      void (name === 'outbox_relay_partitions' && shares.set(owner, value));
    const metrics = { ...noMetrics, gauge };
    return new Relay({ service: 'shootouts', store, bus: bus(owner), scheduler, owner, metrics });
  };
  const relays = [replica('one', one), replica('two', two)] as const;
  for (const relay of relays) relay.start();
  const encoder = createEncoder({ producer: 'shootouts', newId, clock });
  const say = async (store: Store, toy: number, versions: readonly number[]): Promise<MessageId[]> => {
    const ctx = aContext();
    const rows = versions.map((version) => {
      const aggregate = { type: 'Toy', id: anId(toy), version };
      return encoder.encode({ message: Happened, data: { n: version } }, { ctx, occurredAt: clock.now(), aggregate });
    });
    for (const { id } of rows) if (versions.length > 1 && id === rows[0]?.id) refused.add(id);
    await store.transaction(ctx, async (unit) => rows.forEach((row) => unit.outbox.add(row)));
    return rows.map(({ id }) => id);
  };
  const close = async () => {
    for (const relay of relays) await relay.stop();
    await one.close();
    if (two !== one) await two.close();
  };
  return { one, two, relays, shares, sent, refused, say, close };
}

/** Looks again and again, and lets everything else happen in between. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => void setImmediate(resolve));
}
const nothingWaits = (store: Store) => async () => (await store.outbox.stats()).pending === 0;

test('two replicas share the partitions, and of what both write each message is sent once', async () => {
  const { one, two, relays, shares, sent, say, close } = await setUp('shares');
  await until(() => shares.get('one') === 8 && shares.get('two') === 8);
  const ids: MessageId[] = [];
  for (let toy = 1; toy <= 40; toy += 1) ids.push(...(await say(toy % 2 === 0 ? one : two, toy, [1])));
  await until(nothingWaits(one));
  expect([sent.length, new Set(sent.map(({ id }) => id))]).toEqual([40, new Set(ids)]);
  expect(new Set(sent.map(({ owner }) => owner))).toEqual(new Set(['one', 'two']));
  await relays[1].stop();
  await until(() => shares.get('one') === 16);
  const [last] = await say(two, 41, [1]);
  await until(nothingWaits(one));
  expect(sent.at(-1)).toEqual({ owner: 'one', id: last });
  await close();
});

test('of two quarantined rows one is released, one is skipped, by whichever replica is asked', async () => {
  const { one, two, sent, refused, say, close } = await setUp('quarantine');
  const [first = '', afterFirst] = await say(one, 1, [1, 2]);
  const [second = '', afterSecond] = await say(two, 2, [1, 2]);
  const [other] = await say(one, 3, [1]);
  await until(async () => (await one.outbox.stats()).quarantined === 2 && sent.length === 1);
  expect([sent[0]?.id, (await one.outbox.stats()).pending]).toEqual([other, 2]);

  const ops = aContext({ tenantId: SYSTEM_TENANT });
  const [here, there] = [one, two].map((store) => outboxHandlers({ store, log: noLog, newId }));
  refused.clear();
  const why = { reason: 'seen to' };
  expect(await there?.ReleaseOutbox({ ids: [first], ...why }, ops)).toEqual({ released: 1 });
  expect(await here?.SkipOutbox({ ids: [second, first], ...why }, ops)).toEqual({ skipped: 1 });
  await until(nothingWaits(two));
  const states = await Promise.all([first, second].map((id) => two.outbox.get(id as MessageId)));
  expect(states.map((row) => row?.state)).toEqual(['published', 'skipped']);
  const ids = sent.map(({ id }) => id);
  expect(ids.filter((id) => id === first || id === afterFirst)).toEqual([first, afterFirst]);
  expect([ids.includes(afterSecond), ids.includes(second), ids.length]).toEqual([true, false, 4]);
  await close();
});
