import { reconnectDelay } from './connect';

/** When a client that asks, sleeps and asks again tries to connect, as nats.js does it. */
function tries(count: number, random: () => number): number[] {
  let now = 1_000_000;
  const started = now;
  let lastConnect = 0;
  const found: number[] = [];
  const delay = reconnectDelay({ nowMs: () => now, random });
  while (found.length < count) {
    const due = lastConnect + delay();
    if (due > now) now = due;
    else {
      found.push(now - started);
      lastConnect = now;
    }
  }
  return found;
}
const gaps = (times: readonly number[]) => times.slice(1).map((time, at) => time - (times[at] ?? 0));

test('tries come apart, from half a second to five', () => {
  expect(gaps(tries(8, () => 0.5))).toEqual([500, 1000, 2000, 4000, 5000, 5000, 5000]);
});

test('clients of one outage do not come back as one', () => {
  const late = (random: number) => gaps(tries(6, () => random)).at(-1);
  expect([late(0), late(1)]).toEqual([4000, 6000]);
});

test('a new outage begins with short waits', () => {
  let now = 0;
  const delay = reconnectDelay({ nowMs: () => now, random: () => 0.5 });
  const outage = Array.from({ length: 20 }, delay);
  now += 40_000;
  expect([outage.at(-1), delay()]).toEqual([5000, 250]);
});
