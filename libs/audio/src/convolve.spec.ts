import { convolve, convolve64, mulberry32, prepareIr } from './index';

const noise = (seed: number, length: number) => {
  const draw = mulberry32(seed);
  return Float32Array.from({ length }, () => draw() - 0.5);
};

function direct(x: Float32Array, h: Float32Array, n: number): number {
  let sum = 0;
  for (let k = Math.max(0, n - x.length + 1); k < h.length && k <= n; k++) sum += (h[k] ?? 0) * (x[n - k] ?? 0);
  return sum;
}

describe('the convolver', () => {
  test.each([
    ['three blocks', 150_000, 6001],
    ['response longer than the signal', 300, 5000],
    ['response of half a second', 90_000, 24_000],
    ['response beyond the small transform', 40_000, 32_800],
    ['one sample', 70_000, 1],
  ])('equals the direct sum within 1e-12 of the peak: %s', (_, frames, taps) => {
    const [x, h] = [noise(1, frames), noise(2, taps)];
    const y = convolve64(x, prepareIr(h));
    expect(y.length).toBe(frames + taps - 1);
    const peak = y.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
    const draw = mulberry32(3);
    const places = Array.from({ length: 200 }, (__, i) => (i === 0 ? y.length - 1 : Math.floor(draw() * y.length)));
    const worst = Math.max(...places.map((n) => Math.abs((y[n] ?? NaN) - direct(x, h, n))));
    expect(worst / peak).toBeLessThanOrEqual(1e-12);
  });
  test('a unit impulse returns the input', () => {
    const x = noise(4, 5000);
    expect(convolve(x, prepareIr(Float32Array.of(1)))).toEqual(x);
  });
});
