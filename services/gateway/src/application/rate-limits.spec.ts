import { Limiter } from './rate-limits';

const ada = { key: 'ada', guest: false };
const ben = { key: 'ben', guest: false };

test('lets a burst of the limit through, then one a refill', () => {
  let now = 0;
  const limiter = new Limiter(() => now);
  const burst = Array.from({ length: 11 }, () => limiter.take('create', ada).allowed);
  expect(burst).toEqual([...Array<boolean>(10).fill(true), false]);
  expect(limiter.take('create', ada)).toMatchObject({ allowed: false, remaining: 0, resetSeconds: 6 });
  now = 6000;
  expect(limiter.take('create', ada).allowed).toBe(true);
  expect(limiter.take('create', ada).allowed).toBe(false);
});

test('others and other buckets are not affected; guests have less', () => {
  const limiter = new Limiter(() => 0);
  while (limiter.take('create', ada).allowed);
  expect(limiter.take('create', ben).allowed).toBe(true);
  expect(limiter.take('write', ada).allowed).toBe(true);
  expect(limiter.take('read', { key: 'address', guest: true }).limit).toBe(120);
});

test('what was refused later costs nothing', () => {
  const limiter = new Limiter(() => 0);
  for (let i = 0; i < 50; i += 1) {
    expect(limiter.take('create', ada).allowed).toBe(true);
    limiter.giveBack('create', ada);
  }
});
