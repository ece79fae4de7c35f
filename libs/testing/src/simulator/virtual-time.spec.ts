import { Dice } from './dice';
import { VirtualTime } from './virtual-time';

test('things happen in order of time, then of planning, and time stands still between', async () => {
  const time = new VirtualTime();
  const dice = new Dice(7);
  const seen: number[] = [];
  const delays = Array.from({ length: 200 }, () => dice.between(0, 50));
  for (const ms of delays) time.after(ms, () => void seen.push(time.elapsedMs));
  const cancel = time.after(3, () => void seen.push(-1));
  cancel();
  await time.pass(49);
  expect(seen).toEqual(delays.filter((each) => each < 50).toSorted((a, b) => a - b));
  await time.pass(1);
  expect(seen).toHaveLength(200);
});

test('what a thing starts runs before the next thing', async () => {
  const time = new VirtualTime();
  const seen: string[] = [];
  const work = async (name: string) => {
    await Promise.resolve();
    seen.push(`${name} began`);
    await time.sleep(10);
    seen.push(`${name} ended`);
  };
  time.after(1, () => void work('a'));
  time.after(2, () => void work('b'));
  await time.pass(100);
  expect(seen).toEqual(['a began', 'b began', 'a ended', 'b ended']);
});

test('the same seed throws the same dice', () => {
  const throws = (seed: number) => {
    const dice = new Dice(seed);
    return Array.from({ length: 20 }, () => dice.between(1, 6));
  };
  expect(throws(5)).toEqual(throws(5));
  expect(throws(5)).not.toEqual(throws(6));
});
