import { memoryBroadcasts } from '@gts/messaging';
import { runningWork } from './running-work';

/** Two replicas; the first one has the work. */
function setUp() {
  const broadcasts = memoryBroadcasts();
  const [here, there] = [runningWork(broadcasts), runningWork(broadcasts)];
  const deaf = here.listen();
  const begin = (epoch: number, runId = 'run') => here.begin({ runId, epoch }).signal;
  return { broadcasts, here, there, deaf, begin };
}

test.each(['here', 'there'] as const)('a cancel %s ends work of its epoch and older, nothing else', (where) => {
  const world = setUp();
  const signals = [world.begin(0), world.begin(1), world.begin(2), world.begin(3), world.begin(1, 'other')];
  world[where].cancel({ runId: 'run', epoch: 2 });
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, true, true, false, false]);
});

test('a replica that stopped listening is cancelled from within only', () => {
  const { here, there, deaf, begin } = setUp();
  const signal = begin(1);
  deaf();
  there.cancel({ runId: 'run', epoch: 1 });
  expect(signal.aborted).toBe(false);
  here.cancel({ runId: 'run', epoch: 1 });
  expect(signal.aborted).toBe(true);
});

test('a hint that makes no sense changes nothing', () => {
  const { broadcasts, begin } = setUp();
  const signal = begin(1);
  for (const nonsense of [undefined, 'run', {}, { runId: 'run' }]) broadcasts.tell('cancelled', nonsense);
  expect(signal.aborted).toBe(false);
});
