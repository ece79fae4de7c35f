import { Limiter } from './rate-limits';

const ada = { key: 'ada', perMinute: 10 };
const ben = { key: 'ben', perMinute: 10 };
const house = { key: 'house', perMinute: 15 };

const burst = (times: number, take: () => boolean) => Array.from({ length: times }, take).filter(Boolean).length;

test('lets a burst of the limit through, then one a refill', () => {
  let now = 0;
  const limiter = new Limiter(() => now);
  expect(burst(11, () => limiter.take('create', [ada]).allowed)).toBe(10);
  expect(limiter.take('create', [ada])).toMatchObject({ allowed: false, remaining: 0, resetSeconds: 6 });
  now = 6000;
  expect(burst(2, () => limiter.take('create', [ada]).allowed)).toBe(1);
});

test('others and other buckets are not affected', () => {
  const limiter = new Limiter(() => 0);
  while (limiter.take('create', [ada]).allowed);
  expect(limiter.take('create', [ben]).allowed).toBe(true);
  expect(limiter.take('write', [ada]).allowed).toBe(true);
});

test('any empty bucket refuses, and the smallest is reported', () => {
  const limiter = new Limiter(() => 0);
  expect(limiter.take('create', [ada, house])).toMatchObject({ limit: 10, remaining: 9 });
  while (limiter.take('create', [ada, house]).allowed);
  expect(limiter.take('create', [ben, house])).toMatchObject({ allowed: true, limit: 15, remaining: 4 });
  expect(burst(20, () => limiter.take('create', [ben, house]).allowed)).toBe(4);
  expect(limiter.take('create', [ben, house])).toMatchObject({ allowed: false, limit: 15, resetSeconds: 4 });
});

test('what one bucket refused, the others did not pay for', () => {
  const limiter = new Limiter(() => 0);
  burst(1000, () => limiter.take('create', [ada, house]).allowed);
  expect(burst(10, () => limiter.take('create', [ben, house]).allowed)).toBe(5);
});

test('what was refused later costs nothing, in no bucket', () => {
  const limiter = new Limiter(() => 0);
  for (let i = 0; i < 50; i += 1) {
    expect(limiter.take('create', [ada, house]).allowed).toBe(true);
    limiter.giveBack('create', [ada, house]);
  }
});
