import { context } from '@gts/contracts';
import { type Clock, clockOf, type DomainError, epochMsOf } from '@gts/kernel';
import { memoryStore } from '@gts/persistence';
import { aContext, anId, countingIds, schedulerOf, VirtualTime } from '@gts/testing';
import { z } from 'zod';
import type { BusMessage, PubAck } from '../bus';
import { createEncoder } from '../encoder';
import { busErrors } from '../errors';
import { MESSAGE_ID } from '../headers';
import { Relay } from './relay';

const Happened = context('shootouts').event('Happened', {
  aggregate: 'Toy',
  version: 1,
  summary: 'Something happened.',
  data: z.strictObject({ n: z.int() }),
  example: { n: 1 },
});

type Fate = DomainError | 'ok' | 'duplicate' | 'hang';
/** A bus that does to each publish what the script says; beyond it everything is stored. */
function scripted(fates: Fate[]) {
  const sent: { id: string | undefined; atMs: number }[] = [];
  let seq = 0;
  const publish = (nowMs: () => number) => (message: BusMessage) => {
    sent.push({ id: message.headers[MESSAGE_ID], atMs: nowMs() });
    const fate = fates.shift() ?? 'ok';
    if (fate === 'hang') return new Promise<PubAck>(() => undefined);
    if (typeof fate === 'object') return Promise.reject(fate);
    return Promise.resolve({ stream: 'EVT_SHOOTOUTS', seq: ++seq, duplicate: fate === 'duplicate' });
  };
  return { sent, publish };
}

function setUp(...fates: Fate[]) {
  const time = new VirtualTime();
  return { ...worldOf({ time, storeTime: time.clock, fates }), time };
}

/** The store has a clock of its own, as a server has. */
function worldOf({ time, storeTime, fates }: { time: VirtualTime; storeTime: Clock; fates: Fate[] }) {
  const scheduler = schedulerOf(time);
  const store = memoryStore({ clock: storeTime });
  const { sent, publish } = scripted(fates);
  const bus = { publish: publish(() => time.elapsedMs) };
  const replica = (owner: string) => new Relay({ service: 'shootouts', store, bus, scheduler, owner });
  const relay = replica('one');
  const encoder = createEncoder({ producer: 'shootouts', newId: countingIds(), clock: time.clock });
  const ctx = aContext();
  const say = (toy: number, version: number) =>
    store.transaction(ctx, async (unit) => {
      const aggregate = { type: 'Toy', id: anId(toy), version };
      const meta = { ctx, occurredAt: time.clock.now(), aggregate };
      unit.outbox.add(encoder.encode({ message: Happened, data: { n: version } }, meta));
    });
  const states = () => store.rows.map(({ state }) => state);
  return { store, sent, relay, replica, say, states };
}
const rejected = (errCode: number, code = 400) =>
  busErrors.PUBLISH_REJECTED.with({ details: { errCode, code } }, 'evt', errCode, 'no');

describe('ok, also a duplicate: stored', () => {
  test.each(['ok', 'duplicate'] as const)('%s', async (fate) => {
    const { relay, say, states, sent, time } = setUp(fate);
    relay.start();
    await time.pass(10);
    await say(1, 1);
    await time.pass(1000);
    expect([states(), sent.length]).toEqual([['published'], 1]);
  });
});

describe('unknown or passing: the same row under the same id, soon', () => {
  const errors: [string, DomainError][] = [
    ['no acknowledgement in time', busErrors.PUBLISH_TIMEOUT('evt')],
    ['disconnected', busErrors.DISCONNECTED()],
    ['nobody there', busErrors.NO_RESPONDERS('evt')],
    ['too many wait', busErrors.PUBLISHER_OVERLOADED()],
    ...[10008, 10009, 10158, 10167].map((code): [string, DomainError] => [`election ${code}`, rejected(code, 503)]),
    ['an unknown code with status 500', rejected(19_999, 500)],
    ['an unknown code with status 429', rejected(19_999, 429)],
  ];
  test.each(errors)('%s', async (_name, error) => {
    const { relay, say, states, sent, time } = setUp(error, error, error);
    relay.start();
    await say(1, 1);
    await time.pass(15_000);
    expect([states(), sent.length, new Set(sent.map(({ id }) => id)).size]).toEqual([['published'], 4, 1]);
    const [first, second] = sent;
    expect((second?.atMs ?? 0) - (first?.atMs ?? 0)).toBeLessThanOrEqual(200);
  });
});

describe('the stream is full or not deployed: it pauses, its rows wait', () => {
  const errors: [string, DomainError, number][] = [
    ...[10077, 10023, 10047, 10122].map((code): [string, DomainError, number] => [
      `limit ${code}`,
      rejected(code),
      5000,
    ]),
    ['no stream 10059', rejected(10_059, 404), 10_000],
    ['denied', busErrors.PERMISSION_DENIED('evt'), 10_000],
  ];
  test.each(errors)('%s', async (_name, error, pauseMs) => {
    const { relay, say, states, sent, time } = setUp(error);
    relay.start();
    await say(1, 1);
    await time.pass(pauseMs - 500);
    // A row that is written meanwhile waits as well.
    await say(2, 1);
    expect([states(), sent.length]).toEqual([['pending', 'pending'], 1]);
    await time.pass(5000);
    expect(states()).toEqual(['published', 'published']);
    expect((sent[1]?.atMs ?? 0) - (sent[0]?.atMs ?? 0)).toBeGreaterThanOrEqual(pauseMs - 1);
  });
});

describe('a poison row is quarantined, blocks its key and nobody else', () => {
  const errors: [string, DomainError, number][] = [
    ['too large for the broker', busErrors.PAYLOAD_TOO_LARGE(2_000_000), 1],
    ['too large for the stream 10054', rejected(10_054), 1],
    ['an unknown code, after three tries', rejected(19_999), 3],
  ];
  test.each(errors)('%s', async (_name, error, tries) => {
    const { relay, say, store, time } = setUp(...Array.from({ length: tries }, () => error));
    relay.start();
    await say(1, 1);
    await time.pass(10_000);
    await say(1, 2);
    await say(2, 1);
    await time.pass(10_000);
    expect(store.rows.map(({ orderKey, orderSeq, state }) => [orderKey.slice(-1), orderSeq, state])).toEqual([
      ['1', 1, 'quarantined'],
      ['1', 2, 'pending'],
      ['2', 1, 'published'],
    ]);
    expect(store.rows[0]?.lastError).toBe(error.code);
  });
});

test('a broker that was away does not count towards the quarantine of an unknown answer', async () => {
  const { relay, say, states, time } = setUp(
    ...Array.from({ length: 5 }, () => busErrors.NO_RESPONDERS('evt')),
    rejected(19_999),
  );
  relay.start();
  await say(1, 1);
  await time.pass(60_000);
  expect(states()).toEqual(['published']);
});

test('within a key the next row waits for the acknowledgement of the one before; other keys do not', async () => {
  const { relay, say, sent, time } = setUp('hang');
  relay.start();
  await time.pass(10);
  await say(1, 1);
  await say(1, 2);
  await say(2, 1);
  await time.pass(1000);
  expect(sent).toHaveLength(2);
});

test('failing for half a minute is degraded, and over once something is stored', async () => {
  const away = busErrors.NO_RESPONDERS('evt');
  const { relay, say, time } = setUp(...Array.from({ length: 20 }, () => away));
  relay.start();
  await say(1, 1);
  await time.pass(20_000);
  expect(relay.health().degraded).toBe(false);
  await time.pass(15_000);
  expect(relay.health().degraded).toBe(true);
  await time.pass(5 * 60_000);
  expect(relay.health().degraded).toBe(false);
});

test('a row whose attempts are noted keeps them over a change of owner', async () => {
  const { relay, say, store, time } = setUp(...Array.from({ length: 6 }, () => busErrors.PUBLISH_TIMEOUT('evt')));
  relay.start();
  await say(1, 1);
  await time.pass(2000);
  expect(store.rows[0]).toMatchObject({ state: 'pending', lastError: 'BUS.PUBLISH_TIMEOUT' });
  expect(store.rows[0]?.attempts).toBeGreaterThanOrEqual(2);
});

test.each([
  ['behind', -3_600_000],
  ['ahead of', 3_600_000],
])(
  "beside a store an hour %s the replica's clock the relay writes when to try again by store time",
  async (_where, storeIsAheadMs) => {
    const time = new VirtualTime();
    const storeTime = clockOf(() => time.clock.epochMs() + storeIsAheadMs);
    const fates = Array.from({ length: 3 }, () => busErrors.PUBLISH_TIMEOUT('evt'));
    const { relay, say, store, states } = worldOf({ time, storeTime, fates });
    relay.start();
    await say(1, 1);
    await time.pass(2000);
    const noted = epochMsOf(store.rows[0]?.nextAttemptAt ?? storeTime.now());
    expect(Math.abs(noted - storeTime.epochMs())).toBeLessThanOrEqual(5000);
    await time.pass(15_000);
    expect(states()).toEqual(['published']);
  },
);

test('two replicas send every row once, each its own partitions', async () => {
  const { time, store, relay, say, sent, replica } = setUp();
  const other = replica('two');
  relay.start();
  other.start();
  await time.pass(60_000);
  for (let toy = 1; toy <= 40; toy += 1) await say(toy, 1);
  await time.pass(5000);
  expect(new Set(store.rows.map(({ state }) => state))).toEqual(new Set(['published']));
  expect(sent).toHaveLength(40);
  expect([relay.health().owner, other.health().owner]).toEqual([true, true]);
});

test('a quarantined row that an operator lets go is sent, and what waited behind it', async () => {
  const { relay, say, store, states, time } = setUp(busErrors.PAYLOAD_TOO_LARGE(2_000_000));
  relay.start();
  await say(1, 1);
  await say(1, 2);
  await time.pass(5000);
  expect(states()).toEqual(['quarantined', 'pending']);
  const mark = { attempts: 0, delayMs: 0, lastError: undefined, state: 'pending' } as const;
  await store.transaction(aContext(), (unit) =>
    unit.outbox.mark(store.rows.filter(({ state }) => state === 'quarantined').map(({ id }) => ({ id, ...mark }))),
  );
  await time.pass(10_000);
  expect(states()).toEqual(['published', 'published']);
});
