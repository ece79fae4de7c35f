import { declareService, topologyOf } from '@gts/contracts';
import { clockOf, SYSTEM_TENANT } from '@gts/kernel';
import { memoryStore, type MemoryStore, storeErrors } from '@gts/persistence';
import { aContext, anId, countingIds, Happened, toys } from '@gts/testing';
import { createEncoder } from '../encoder';
import { busErrors } from '../errors';
import { memoryBroker } from '../memory/broker';
import { noLog, systemScheduler } from '../ports';
import { Relay } from '../relay/relay';
import { on, projection, type Subscription, when } from '../subscription';
import { deadLetterRows } from './rows';
import { createConsumers, type ConsumersOptions } from './runtime';

const declared = declareService('rendering', {
  subscriptions: [
    { name: 'count', kind: 'handler', from: [Happened] },
    { name: 'copy', kind: 'projection', from: { context: 'shootouts', aggregate: 'Toy' } },
  ],
});
/** Timers and clock that run `speed` times faster than life; leases and units must still fit into real milliseconds. */
function timing(speed: number) {
  const startMs = systemScheduler.nowMs();
  const scheduler = {
    ...systemScheduler,
    after: (ms: number, run: () => void) => systemScheduler.after(ms / speed, run),
    nowMs: () => systemScheduler.nowMs() * speed,
  };
  return { scheduler, clock: clockOf(() => Math.floor(1.7e12 + (systemScheduler.nowMs() - startMs) * speed)) };
}
const QUICK = 20;
/** Quick enough for minutes; ten seconds of a unit are 33 ms. */
const BACK_OFFS = 300;

type Toy = Readonly<{ id: number; version: number; n: number }>;
function world(subscriptions: readonly Subscription[], o: Partial<ConsumersOptions> & { speed?: number } = {}) {
  const { scheduler, clock } = timing(o.speed ?? QUICK);
  const broker = memoryBroker({ topology: topologyOf([toys], [declared]), scheduler });
  const newId = countingIds();
  const encoder = createEncoder({ producer: 'shootouts', newId, clock });
  const store = memoryStore({ clock });
  const bus = broker.connect();
  const base = { service: 'rendering', store, bus, clock, newId, owner: 'one', scheduler } as const;
  const consumers = createConsumers({ ...base, subscriptions, ...o });
  consumers.start();
  const ctx = aContext();
  const rowOf = ({ id, version, n }: Toy) =>
    encoder.encode(
      { message: Happened, data: { n } },
      { ctx, occurredAt: clock.now(), aggregate: { type: 'Toy', id: anId(id), version } },
    );
  return { scheduler, broker, bus, store, consumers, rowOf, base, publish: (toy: Toy) => bus.publish(rowOf(toy)) };
}
const system = aContext({ tenantId: SYSTEM_TENANT });
const letters = async (store: MemoryStore) =>
  (await store.collection(deadLetterRows, system).query({ index: 'byState' })).items;

/** Resolves when `told` was called `count` times. */
function counter(count: number) {
  const calls: number[] = [];
  let reached = () => undefined as void;
  const done = new Promise<void>((resolve) => (reached = resolve));
  return {
    calls,
    done,
    told: (n: number) => {
      calls.push(n);
      if (calls.length === count) reached();
    },
  };
}
const parked = () => {
  let hit = () => undefined as void;
  const done = new Promise<void>((resolve) => (hit = resolve));
  return { done, probe: (point: string) => void (point === 'park.afterCommit' && hit()) };
};

test('a message that is stored again past the window of the broker has its effect once', async () => {
  const effects = counter(2);
  const { bus, rowOf, publish, consumers, scheduler } = world(
    [on(Happened, { name: 'count', apply: ({ data }) => effects.told(data.n) })],
    { speed: BACK_OFFS },
  );
  const row = rowOf({ id: 2, version: 1, n: 5 });
  await bus.publish(row);
  const PAST_THE_WINDOW_MS = 16 * 60_000;
  await new Promise<void>((resolve) => void scheduler.after(PAST_THE_WINDOW_MS, resolve));
  const again = await bus.publish(row);
  await publish({ id: 3, version: 1, n: 6 });
  await effects.done;
  await consumers.stop();
  expect([again.duplicate, effects.calls]).toEqual([false, [5, 6]]);
});

test('a projection applies 1, 2, 3 whatever order they come in', async () => {
  const seen = counter(4);
  const { publish, consumers } = world([
    projection('copy', {
      from: { context: 'shootouts', aggregate: 'Toy' },
      apply: [when(Happened, async ({ data }) => seen.told(data.n))],
    }),
  ]);
  for (const version of [3, 1, 4, 2]) await publish({ id: 1, version, n: version });
  await seen.done;
  await consumers.stop();
  expect(seen.calls).toEqual([1, 2, 3, 4]);
});

test('a refusal is parked at once, others go on; after the fix a redrive completes it, once', async () => {
  const good = counter(2);
  const fixed = counter(1);
  const park = parked();
  let broken = true;
  const { publish, store, consumers } = world(
    [
      on(Happened, {
        name: 'count',
        apply: ({ data }) => {
          if (data.n !== 13) return good.told(data.n);
          if (broken) throw busErrors.DATA_INVALID('thirteen');
          return fixed.told(13);
        },
      }),
    ],
    { probe: park.probe },
  );
  await publish({ id: 1, version: 1, n: 13 });
  await publish({ id: 2, version: 1, n: 1 });
  await publish({ id: 3, version: 1, n: 2 });
  await Promise.all([good.done, park.done]);
  const [letter] = await letters(store);
  expect(letter).toMatchObject({ reason: 'HANDLER_REFUSED', state: 'parked', consumer: 'rendering__count' });
  expect(store.rows.map(({ subject }) => subject)).toEqual(['dlq.rendering.rendering__count']);
  broken = false;
  await store.transaction(system, async (unit) => {
    if (!letter) return;
    const { meta: _meta, ...row } = letter;
    await unit.collection(deadLetterRows).put(row.key, { ...row, state: 'redriving' });
  });
  await fixed.done;
  await consumers.stop();
  expect(fixed.calls).toEqual([13]);
  expect((await letters(store)).map(({ state }) => state)).toEqual(['resolved']);
});

test('a transient failure comes again, six starts in all, then it is parked', async () => {
  const park = parked();
  const tries = counter(6);
  const { publish, store, consumers } = world(
    [
      on(Happened, {
        name: 'count',
        apply: ({ data }) => {
          tries.told(data.n);
          throw storeErrors.NOT_FOUND('toy', 'x');
        },
      }),
    ],
    { probe: park.probe, speed: BACK_OFFS },
  );
  await publish({ id: 1, version: 1, n: 1 });
  await Promise.all([tries.done, park.done]);
  await consumers.stop();
  expect(tries.calls).toHaveLength(6);
  expect((await letters(store)).map(({ reason }) => reason)).toEqual(['ATTEMPTS_EXHAUSTED']);
}, 30_000);

test('bytes that are no envelope are parked with their reason', async () => {
  const park = parked();
  const { bus, store, rowOf, consumers } = world([on(Happened, { name: 'count', apply: () => undefined })], {
    probe: park.probe,
  });
  await bus.publish({ ...rowOf({ id: 1, version: 1, n: 1 }), body: new Uint8Array([0xff, 0xfe]) });
  await park.done;
  await consumers.stop();
  expect((await letters(store)).map(({ reason }) => reason)).toEqual(['UNDECODABLE']);
});

test('a relay sends each key in order, once, even when answers are lost', async () => {
  let call = 0;
  const { scheduler, clock } = timing(QUICK);
  const fates = ['ok', 'unheard', 'ok', 'lost', 'ok', 'unheard'] as const;
  const faults = { publish: () => fates[call++ % fates.length] ?? 'ok' };
  const broker = memoryBroker({ topology: topologyOf([toys], []), scheduler, faults });
  const store = memoryStore({ clock });
  const encoder = createEncoder({ producer: 'shootouts', newId: countingIds(), clock });
  const all = counter(30);
  const probe = (point: string) => void (point === 'relay.afterPublish' && all.told(0));
  const relay = new Relay({
    service: 'shootouts',
    store,
    bus: broker.connect(),
    scheduler,
    owner: 'one',
    probe,
  });
  relay.start();
  const ctx = aContext();
  for (let version = 1; version <= 10; version++)
    await store.transaction(ctx, async (unit) => {
      for (const id of [1, 2, 3]) {
        const aggregate = { type: 'Toy', id: anId(id), version };
        unit.outbox.add(
          encoder.encode({ message: Happened, data: { n: version } }, { ctx, occurredAt: clock.now(), aggregate }),
        );
      }
    });
  await all.done;
  await relay.stop();
  const bodies = broker
    .messages('EVT_SHOOTOUTS')
    .map(({ body }) => JSON.parse(new TextDecoder().decode(body)) as { aggregate: { id: string; version: number } });
  const byToy = Map.groupBy(bodies, ({ aggregate }) => aggregate.id);
  expect([...byToy.values()].map((each) => each.map(({ aggregate }) => aggregate.version))).toEqual(
    Array.from({ length: 3 }, () => Array.from({ length: 10 }, (_, at) => at + 1)),
  );
  expect(store.rows.map(({ state }) => state)).toEqual(Array.from({ length: 30 }, () => 'published'));
});

test('a message runs in a span below its sender, named by its consumer, and tells one line in it', async () => {
  const effects = counter(1);
  const spans: unknown[] = [];
  let inSpan = false;
  const lines: unknown[] = [];
  const { publish, consumers } = world([on(Happened, { name: 'count', apply: ({ data }) => effects.told(data.n) })], {
    tracer: async (name, options, work) => {
      spans.push([name, options]);
      inSpan = true;
      return work('00-child').finally(() => (inSpan = false));
    },
    log: { ...noLog, debug: (fields, message) => void (inSpan && lines.push([message, fields])) },
  });
  await publish({ id: 1, version: 1, n: 1 });
  await effects.done;
  await consumers.stop();
  const consumer = 'rendering__count';
  const attributes = { 'messaging.consumer.group.name': consumer };
  expect(spans).toEqual([
    ['process evt.shootouts.*.Toy.Happened', { traceparent: undefined, kind: 'consumer', attributes }],
  ]);
  expect(lines).toEqual([['message applied', expect.objectContaining({ consumer, type: Happened.type })]]);
});
