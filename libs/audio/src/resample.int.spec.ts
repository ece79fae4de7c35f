import { resample, resampleTelling } from './index';

const rates = [44_100, 48_000, 88_200, 96_000, 176_400, 192_000];
const wave = (frames: number, cycles: number) =>
  Float64Array.from({ length: frames }, (_, i) => Math.sin(2 * Math.PI * cycles * i));

/** Fits a·sin + b·cos of one frequency over the middle and answers level, phase and what is left, in dB of the sine. */
function fit(y: Float32Array, cycles: number): { levelDb: number; phase: number; residualDb: number } {
  const [from, to] = [Math.floor(y.length / 4), Math.floor((3 * y.length) / 4)];
  let [ss, sc, cc, ys, yc] = [0, 0, 0, 0, 0];
  const at = (i: number): readonly [number, number, number] => [
    Math.sin(2 * Math.PI * cycles * i),
    Math.cos(2 * Math.PI * cycles * i),
    y[i] ?? 0,
  ];
  for (let i = from; i < to; i++) {
    const [s, c, v] = at(i);
    ss += s * s;
    sc += s * c;
    cc += c * c;
    ys += v * s;
    yc += v * c;
  }
  const det = ss * cc - sc * sc;
  const [a, b] = [(ys * cc - yc * sc) / det, (yc * ss - ys * sc) / det];
  let rest = 0;
  for (let i = from; i < to; i++) {
    const [s, c, v] = at(i);
    rest += (v - a * s - b * c) ** 2;
  }
  const amplitude = Math.hypot(a, b);
  const power = ((to - from) * amplitude ** 2) / 2;
  return { levelDb: 20 * Math.log10(amplitude), phase: Math.atan2(b, a), residualDb: 10 * Math.log10(rest / power) };
}

/** Float32 alone leaves about −150 dB; everything else is the filter. */
describe.each(rates.flatMap((from) => rates.map((to) => [from, to] as const)).filter(([a, b]) => a !== b))(
  '%d → %d Hz',
  (from, to) => {
    test.each([997, 5000, 12_000, 20_000])('%d Hz keeps level and phase, residual ≤ −140 dB', (frequency) => {
      const x = Float32Array.from(wave(Math.ceil(from / 5), frequency / from));
      const { levelDb, phase, residualDb } = fit(resample(x, from, to), frequency / to);
      expect(residualDb).toBeLessThanOrEqual(-140);
      expect(Math.abs(levelDb)).toBeLessThanOrEqual(0.0002);
      expect(Math.abs(phase)).toBeLessThan(1e-6);
    });
    test('the length is ceil(n · to / from)', () => {
      for (const n of [1, 2, 441, 1000])
        expect(resample(new Float32Array(n), from, to).length).toBe(Math.ceil((n * to) / from));
    });
  },
);

test('what lies above the new band does not come back as an alias', () => {
  const x = Float32Array.from(wave(48_000, 24_500 / 96_000));
  const y = resample(x, 96_000, 44_100).subarray(4000, 18_000);
  const rms = Math.sqrt(y.reduce((s, v) => s + v * v, 0) / y.length);
  expect(20 * Math.log10(rms / Math.SQRT1_2)).toBeLessThanOrEqual(-140);
});

test('equal rates give the input itself', () => {
  const x = Float32Array.of(1, 2, 3);
  expect(resample(x, 48_000, 48_000)).toBe(x);
});

test('it says how far it is every 4096 frames, and what that throws ends it', () => {
  const told: number[] = [];
  resampleTelling((fraction) => void told.push(fraction))(new Float32Array(96_000), 96_000, 48_000);
  expect([told.length, told.at(-1)]).toEqual([Math.ceil(48_000 / 4096), 1]);
  const refuse = () => {
    throw new RangeError('enough');
  };
  expect(() => resampleTelling(refuse)(new Float32Array(96_000), 96_000, 48_000)).toThrow(RangeError);
});
