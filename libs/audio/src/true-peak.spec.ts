import { SAMPLE_RATE, truePeak } from './index';

/** 2 s of a sine with linear fades of 50 ms. */
function faded(amplitude: number, divisor: number, degrees: number): Float32Array {
  const n = 2 * SAMPLE_RATE;
  const fade = 0.05 * SAMPLE_RATE;
  return Float32Array.from({ length: n }, (_, i) => {
    const edge = Math.min(1, i / fade, (n - 1 - i) / fade);
    return edge * amplitude * Math.sin((2 * Math.PI * i) / divisor + (degrees * Math.PI) / 180);
  });
}

describe('true peak (EBU Tech 3341, table 1, cases 15-19; own tolerance ±0.05 dB)', () => {
  test.each([
    ['fs/4 0°', 0.5, 4, 0, -6.02],
    ['fs/4 45°', 0.5, 4, 45, -6.02],
    ['fs/6 60°', 0.5, 6, 60, -6.02],
    ['fs/8 67.5°', 0.5, 8, 67.5, -6.02],
    ['fs/4 45° beyond full scale', 1.41, 4, 45, 2.98],
  ] as const)('%s', (...[, amplitude, divisor, degrees, expected]) => {
    expect(Math.abs(truePeak(faded(amplitude, divisor, degrees)) - expected)).toBeLessThanOrEqual(0.05);
  });
  test('silence has none', () => {
    expect(truePeak(new Float32Array(1000))).toBe(-Infinity);
  });
});
