import { busContract, contractTopology } from '../bus-contract';
import { systemScheduler } from '../ports';
import { memoryBus } from './broker';

// Virtual enough: waits are a thousandth of what they say.
const fast = {
  ...systemScheduler,
  after: (ms: number, run: () => void) => systemScheduler.after(ms / 100, run),
  nowMs: () => systemScheduler.nowMs() * 100,
};

test.each(busContract.map((each) => [each.name, each] as const))('%s', async (_name, { prove, expected }) => {
  expect(await prove(memoryBus({ topology: contractTopology, scheduler: fast }))).toEqual(expected);
});
