import { memoryStore } from '@gts/persistence';
import {
  countingIds,
  GearReleased,
  plainEncoder,
  RunCancelRequested,
  RunFailed,
  RunRequested,
  SagaBench,
  schedulerOf,
  toySaga,
  VirtualTime,
} from '@gts/testing';
import { type AnySaga, sagaHost } from '@gts/saga';
import { noLog } from '@gts/messaging';
import { sagaWatch } from './saga-watch';

const next = { ...toySaga, version: 2 } as unknown as AnySaga;
const old = toySaga as unknown as AnySaga;

function setUp() {
  const time = new VirtualTime();
  const store = memoryStore({ clock: time.clock });
  const bench = new SagaBench(store);
  const host = (definition: AnySaga, versions: readonly AnySaga[] = []) =>
    sagaHost(definition, { store, encoder: plainEncoder(), newId: countingIds(), versions });
  const told: (string | undefined)[] = [];
  const readiness = { set: (_part: string, missing: string | undefined) => void told.push(missing) };
  const watch = (sagas: ReturnType<typeof host>[]) =>
    sagaWatch({ sagas, store, readiness, log: noLog, scheduler: schedulerOf(time) });
  return { time, bench, host, told, watch };
}

test('unfinished sagas of a version that the release lacks: not ready, and says which and what to do', async () => {
  const { bench, host, told, watch, time } = setUp();
  const before = host(old);
  await bench.deliver(before.subscription, RunRequested, { data: { runId: 'r' } });
  const release = watch([host(next)]);
  await release.start();
  expect(told).toEqual([
    '1 unfinished saga of toy-run version 1; this release does not know that version: ' +
      'run the release that does until they have ended (gts saga list)',
  ]);
  // The older release beside it ends them: the next look makes this one ready.
  await bench.deliver(before.subscription, RunCancelRequested, { data: { runId: 'r' } });
  for (const event of [GearReleased, RunFailed])
    await bench.answer(before.subscription, event, (await bench.sent()).at(-1));
  await time.pass(10_000);
  expect(told).toHaveLength(2);
  expect(told.at(-1)).toBeUndefined();
  await release.stop();
});

test('with the older definition in the code, or none unfinished, the service is ready', async () => {
  const { bench, host, told, watch } = setUp();
  await watch([host(next)]).start();
  await bench.deliver(host(old).subscription, RunRequested, { data: { runId: 'r' } });
  await watch([host(next, [old])]).start();
  expect(told).toEqual([undefined, undefined]);
});

test('sagas of a type that was removed count as missing, too', async () => {
  const { bench, host, told, watch } = setUp();
  await bench.deliver(host(old).subscription, RunRequested, { data: { runId: 'r' } });
  const release = watch([]);
  await release.start();
  expect(told.at(0)).toMatch(/^1 unfinished saga of .* version 1; /);
  await release.stop();
});
