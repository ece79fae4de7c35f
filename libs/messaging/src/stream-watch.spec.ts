import { declareService } from '@gts/contracts';
import { aContext, anId, consumerWorld, countingIds, Happened, toys } from '@gts/testing';
import { createEncoder } from './encoder';
import { watchStreams } from './stream-watch';
import { on } from './subscription';

const declared = declareService('rendering', {
  subscriptions: [{ name: 'count', kind: 'handler', from: [Happened] }],
});
const STREAM = 'EVT_SHOOTOUTS';
const RESETS = `messaging_stream_resets_total{${STREAM}}`;

function setUp() {
  const world = consumerWorld({ contexts: [toys], declared });
  const { time, store, broker, metrics, scheduler } = world;
  const encoder = createEncoder({ producer: 'shootouts', newId: countingIds(), clock: time.clock });
  const say = (n: number) => {
    const aggregate = { type: 'Toy', id: anId(n), version: 1 };
    const about = { ctx: aContext(), occurredAt: time.clock.now(), aggregate };
    world.publish(encoder.encode({ message: Happened, data: { n } }, about));
  };
  const replica = (bus: Parameters<typeof watchStreams>[0]['bus'] = broker.connect()) =>
    watchStreams({ service: 'rendering', streams: [STREAM], store, bus, scheduler, metrics });
  return { ...world, say, replica, resets: () => world.told.get(RESETS) ?? [] };
}

test('a stream made anew under a running consumer is counted once, and its low sequences are delivered', async () => {
  const { say, replica, process, time, broker, resets } = setUp();
  const seen: number[] = [];
  const consumers = process([on(Happened, { name: 'count', apply: ({ data }) => void seen.push(data.n) })]);
  const watch = replica();
  watch.start();
  for (const n of [1, 2, 3]) say(n);
  await time.pass(11_000);
  expect([seen, resets()]).toEqual([[1, 2, 3], []]);
  broker.recreate(STREAM);
  say(4);
  await time.pass(20_000);
  expect([seen, resets()]).toEqual([[1, 2, 3, 4], [1]]);
  await watch.stop();
  await consumers.stop();
});

test('replicas share what they know: one of them counts the reset, and a restart does not forget it', async () => {
  const { say, replica, time, broker, resets } = setUp();
  say(1);
  await time.pass(100);
  const [one, other] = [replica(), replica()];
  for (const watch of [one, other]) await watch.look();
  broker.recreate(STREAM);
  await Promise.all([one.look(), other.look()]);
  await replica().look();
  expect(resets()).toEqual([1]);
});

test('a last sequence that goes back is a reset although the stream kept its stamp', async () => {
  const { replica, resets } = setUp();
  const states = [7, 9, 9, 4, 5].map((lastSeq) => ({ created: 'then', lastSeq }));
  const watch = replica({ stream: () => Promise.resolve(states.shift()) });
  for (let look = 0; look < 5; look++) await watch.look();
  expect(resets()).toEqual([1]);
});

test('how full a stream is can be seen; one without a limit says nothing', async () => {
  const { replica, told } = setUp();
  const states = [
    { created: 'then', lastSeq: 3 },
    { created: 'then', lastSeq: 3, filled: 0.81 },
  ];
  const watch = replica({ stream: () => Promise.resolve(states.shift()) });
  await watch.look();
  expect(told.get(`messaging_stream_filled_ratio{${STREAM}}`)).toBeUndefined();
  await watch.look();
  expect(told.get(`messaging_stream_filled_ratio{${STREAM}}`)).toEqual([0.81]);
});

test('a stream that is missing is no reset; made anew it is one', async () => {
  const { replica, resets } = setUp();
  const answers = [{ created: 'then', lastSeq: 3 }, undefined, { created: 'now', lastSeq: 0 }];
  const watch = replica({ stream: () => Promise.resolve(answers.shift()) });
  await watch.look();
  await watch.look();
  expect(resets()).toEqual([]);
  await watch.look();
  expect(resets()).toEqual([1]);
});
