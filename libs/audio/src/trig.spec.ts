import { cosine, sine } from './trig';

/** Angles of every kind: tables, sinc, near multiples of π/2, tiny ones, of both signs. */
const angles = [
  ...Array.from({ length: 65_536 }, (_, i) => (Math.PI * i) / 32_768),
  ...Array.from({ length: 40_000 }, (_, i) => Math.PI * (i * 0.0137)),
  ...Array.from({ length: 2000 }, (_, i) => (i * Math.PI) / 2),
  ...Array.from({ length: 2000 }, (_, i) => ((i - 1000) * Math.PI) / 2 + 1e-9 * i),
  ...Array.from({ length: 60 }, (_, i) => 2 ** -i),
  0,
  -0.3,
];

test('sine and cosine are those of Node, bit for bit', () => {
  expect(angles.filter((x) => sine(x) !== Math.sin(x))).toEqual([]);
  expect(angles.filter((x) => cosine(x) !== Math.cos(x))).toEqual([]);
});
