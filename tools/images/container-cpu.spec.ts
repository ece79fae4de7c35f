import { cpuOf, type CpuReading } from './container-cpu.ts';

const MS = 1_000_000;
const reading = (all: number, each: Readonly<Record<string, number>>): CpuReading => ({
  all: all * MS,
  each: new Map(Object.entries(each).map(([id, ms]) => [id, ms * MS])),
});
const own = new Set(['a', 'b']);

test('what containers of the stack used since is counted', () => {
  expect(cpuOf(own, reading(500, { a: 300, b: 200 }), reading(900, { a: 500, b: 400 }))).toBe(400 * MS);
});

test('a container that was stopped and started meanwhile keeps what it used before', () => {
  // Its group is a new one that counts from zero; the sum above both still knows the old one.
  expect(cpuOf(own, reading(500, { a: 300, b: 200 }), reading(900, { a: 10, b: 300 }))).toBe(400 * MS);
});

test('containers of others are foreign, also those that came meanwhile', () => {
  const before = reading(500, { a: 300, other: 200 });
  const after = reading(1500, { a: 400, other: 700, late: 400 });
  expect(cpuOf(own, before, after)).toBe(100 * MS);
});
