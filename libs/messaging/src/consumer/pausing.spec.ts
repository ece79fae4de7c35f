import { declareService } from '@gts/contracts';
import { storeErrors } from '@gts/persistence';
import { aContext, anId, consumerWorld, countingIds, Happened, toys } from '@gts/testing';
import { createEncoder } from '../encoder';
import { busErrors } from '../errors';
import { on } from '../subscription';

const declared = declareService('rendering', {
  subscriptions: [{ name: 'count', kind: 'handler', from: [Happened] }],
});
const DURABLE = 'rendering__count';
const ACK_WAIT_MS = 30_000;

function setUp() {
  const world = consumerWorld({ contexts: [toys], declared });
  const { clock } = world.time;
  const encoder = createEncoder({ producer: 'shootouts', newId: countingIds(), clock });
  const ctx = aContext();
  const say = (n: number, toy = n) => {
    const aggregate = { type: 'Toy', id: anId(toy), version: n };
    world.publish(encoder.encode({ message: Happened, data: { n } }, { ctx, occurredAt: clock.now(), aggregate }));
  };
  const { durable } = { durable: world.broker.connect() };
  const left = () => durable.info({ stream: 'EVT_SHOOTOUTS', durable: DURABLE });
  return { ...world, say, left };
}
const never = () => new Promise<never>(() => undefined);

test('a store that is away pauses the consumer; one message probes, its success lets all go on', async () => {
  const { process, say, time } = setUp();
  const seen: number[] = [];
  const starts: number[] = [];
  let away = true;
  const consumers = process([
    on(Happened, {
      name: 'count',
      apply: ({ data }) => {
        starts.push(data.n);
        if (away) throw storeErrors.UNAVAILABLE('store');
        seen.push(data.n);
      },
    }),
  ]);
  for (const n of [1, 2, 3]) say(n);
  await time.pass(100);
  const state = () => consumers.consumers.get(DURABLE)?.state();
  expect(state()).toBe('paused');
  const before = starts.length;
  await time.pass(6000);
  expect([state(), starts.length - before]).toEqual(['paused', 1]);
  away = false;
  await time.pass(20_000);
  expect([state(), seen.toSorted((a, b) => a - b)]).toEqual(['running', [1, 2, 3]]);
  await consumers.stop();
});

test('pausing burns no attempt: after many probes the message is applied, not parked', async () => {
  const { process, say, time, deadLetters } = setUp();
  const seen: number[] = [];
  let away = true;
  process([
    on(Happened, {
      name: 'count',
      apply: ({ data }) => {
        if (away) throw storeErrors.UNAVAILABLE('store');
        seen.push(data.n);
      },
    }),
  ]);
  say(1);
  await time.pass(20 * 60_000);
  away = false;
  await time.pass(2 * 60_000);
  expect([seen, await deadLetters()]).toEqual([[1], []]);
});

test('too many redeliveries pause the consumer before its slots are all taken', async () => {
  const { process, say, time } = setUp();
  const consumers = process([
    on(Happened, {
      name: 'count',
      apply: () => {
        throw storeErrors.NOT_FOUND('toy', 'x');
      },
    }),
  ]);
  for (let n = 1; n <= 300; n++) say(n);
  await time.pass(5 * 60_000);
  expect(consumers.consumers.get(DURABLE)?.state()).not.toBe('running');
});

test('a handler that takes too long is aborted; one that ignores it closes its lane only', async () => {
  const { process, say, time } = setUp();
  const seen: number[] = [];
  const aborted: number[] = [];
  const consumers = process([
    on(Happened, {
      name: 'count',
      handlerTimeout: '20s',
      prepare: ({ data }, { signal }) => {
        signal?.addEventListener('abort', () => aborted.push(data.n));
        return data.n === 1 ? never() : Promise.resolve();
      },
      apply: ({ data }) => void seen.push(data.n),
    }),
  ]);
  say(1, 7);
  say(2, 7);
  say(3, 8);
  await time.pass(1000);
  // The lane of toy 7 is taken, that of toy 8 is not.
  expect(seen).toEqual([3]);
  await time.pass(30_000);
  expect(aborted).toContain(1);
  expect(seen).toEqual([3]);
  expect(consumers.live()).toBe(true);
});

test('more than three handlers that never end: the process is not live', async () => {
  const { process, say, time } = setUp();
  const consumers = process([
    on(Happened, { name: 'count', handlerTimeout: '1s', prepare: never, apply: () => undefined }),
  ]);
  for (const n of [1, 2, 3]) say(n);
  await time.pass(7000);
  expect(consumers.live()).toBe(true);
  say(4);
  await time.pass(7000);
  expect(consumers.live()).toBe(false);
});

test('a stop hands the buffer back at once: the next process has it long before the ack wait', async () => {
  const { process, say, time, left } = setUp();
  const finish = Promise.withResolvers<void>();
  const first = process([
    on(Happened, { name: 'count', concurrency: 1, prepare: () => finish.promise, apply: () => undefined }),
  ]);
  for (let n = 1; n <= 10; n++) say(n);
  await time.pass(100);
  const stopping = first.stop();
  finish.resolve();
  await time.pass(100);
  await stopping;
  const seen: number[] = [];
  const second = process([on(Happened, { name: 'count', apply: ({ data }) => void seen.push(data.n) })]);
  const before = time.elapsedMs;
  await time.pass(1000);
  expect(time.elapsedMs - before).toBeLessThan(ACK_WAIT_MS);
  expect({ seen: seen.length, left: await left() }).toMatchObject({ seen: 9, left: { pending: 0, ackPending: 0 } });
  await second.stop();
});

test('what does not end within the grace is handed back too', async () => {
  const { process, say, time } = setUp();
  const first = process([on(Happened, { name: 'count', prepare: never, apply: () => undefined })]);
  say(1);
  await time.pass(100);
  const stopping = first.stop(1000);
  await time.pass(1100);
  await stopping;
  const seen: number[] = [];
  process([on(Happened, { name: 'count', apply: ({ data }) => void seen.push(data.n) })]);
  await time.pass(5000);
  expect(seen).toEqual([1]);
});

test('a conflict is excused: it comes again soon and is applied', async () => {
  const { process, say, time, deadLetters } = setUp();
  let tries = 0;
  process([
    on(Happened, {
      name: 'count',
      apply: () => {
        if (++tries <= 10) throw storeErrors.VERSION_CONFLICT('toys', 'x');
      },
    }),
  ]);
  say(1);
  await time.pass(10_000);
  expect([tries, await deadLetters()]).toEqual([11, []]);
});

test('a bug has three starts, a refusal one', async () => {
  const { process, say, time, deadLetters } = setUp();
  const starts: number[] = [];
  process([
    on(Happened, {
      name: 'count',
      apply: ({ data }) => {
        starts.push(data.n);
        if (data.n === 1) throw new Error('a bug');
        throw busErrors.DATA_INVALID('two');
      },
    }),
  ]);
  say(1);
  say(2);
  await time.pass(60 * 60_000);
  const reasons = (await deadLetters()).map(({ reason }) => reason).toSorted();
  expect(reasons).toEqual(['ATTEMPTS_EXHAUSTED', 'HANDLER_REFUSED']);
  // The batch of both is tried once before each is judged alone.
  expect(starts.filter((n) => n === 1).length).toBeLessThanOrEqual(4);
});
