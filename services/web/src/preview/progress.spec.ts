import { progressOf } from './progress';
import type { PreviewNews } from './protocol';
import type { LoadedBlock } from './blocks';

const block = (ops: number): LoadedBlock => ({ block: { kind: 'effect', effect: 'gain' }, ops });
/** A meter over blocks of that much work, on a clock that the test turns. */
function watched(work: readonly number[], seconds = 10) {
  const told: PreviewNews[] = [];
  const clock = { ms: 0 };
  const tell = (news: PreviewNews) => void told.push(news);
  const meter = progressOf({ tell, blocks: work.map(block), seconds, nowMs: () => clock.ms });
  return { told, clock, meter };
}
const slow = (told: readonly PreviewNews[]) => told.filter(({ state }) => state === 'slow');

test('the percent weighs blocks by their work, never falls and says nothing twice', () => {
  const { told, meter } = watched([900, 100]);
  meter.at(0, 0.5);
  meter.at(0, 0.501);
  meter.at(0, 0.2);
  meter.done(0, true);
  meter.done(1, true);
  expect(told.map((news) => 'percent' in news && news.percent)).toEqual([45, 90, 100]);
});
test('a chain that takes longer than it sounds is said once, with the time that it takes', () => {
  const { told, clock, meter } = watched([100]);
  clock.ms = 500;
  meter.at(0, 0.01);
  expect(slow(told)).toEqual([]);
  clock.ms = 2000;
  meter.at(0, 0.1);
  meter.at(0, 0.11);
  expect(slow(told)).toEqual([{ state: 'slow', seconds: 20 }]);
});
test('a fast chain, and three seconds of a slow one, are not said', () => {
  for (const [fraction, seconds] of [
    [0.5, 10],
    [0.01, 3],
  ] as const) {
    const { told, clock, meter } = watched([100], seconds);
    clock.ms = 2000;
    meter.at(0, fraction);
    expect(slow(told)).toEqual([]);
  }
});
test('what came from the cache says nothing about the speed', () => {
  const { told, clock, meter } = watched([900, 100]);
  meter.done(0, false);
  clock.ms = 2000;
  meter.at(1, 0.1);
  expect(slow(told)).toEqual([{ state: 'slow', seconds: 20 }]);
});
