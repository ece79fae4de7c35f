import { memoryBroadcasts } from '@gts/messaging';
import { runningWork } from '../adapters/running-work';
import { attempt } from './job-work';

const item = { runId: 'run', epoch: 1, signal: new AbortController().signal, note: async () => undefined };
const setUp = () => {
  const running = runningWork(memoryBroadcasts());
  return { running, attempt: attempt({ running, admission: { draining: false, check: () => undefined } }) };
};

test('a cancel that came before the work could hear it is read from the row: nothing is played', async () => {
  const work = async () => 'played';
  const world = setUp();
  world.running.cancel(item);
  expect(await world.attempt({ ...item, work, isWanted: async () => false })).toEqual({ kind: 'dropped' });
});
test('a cancel that comes while the row is read is heard', async () => {
  const world = setUp();
  const isWanted = async () => (world.running.cancel(item), true);
  const work = async (signal: AbortSignal) => signal.throwIfAborted();
  expect(await world.attempt({ ...item, work, isWanted })).toEqual({ kind: 'dropped' });
});
