import { mulberry32, SAMPLE_RATE, truePeak } from './index';

/** 2 s of a sine with linear fades of 50 ms. */
function faded(amplitude: number, divisor: number, degrees: number): Float32Array {
  const n = 2 * SAMPLE_RATE;
  const fade = 0.05 * SAMPLE_RATE;
  return Float32Array.from({ length: n }, (_, i) => {
    const edge = Math.min(1, i / fade, (n - 1 - i) / fade);
    return edge * amplitude * Math.sin((2 * Math.PI * i) / divisor + (degrees * Math.PI) / 180);
  });
}

/** The definition of audio.md §1, every sample, nothing skipped. */
function definition(x: Float32Array): number {
  const at = (i: number) => x[i] ?? 0;
  let peak = 0;
  for (let i = 0; i < x.length; i++) peak = Math.max(peak, Math.abs(at(i)));
  for (let p = 1; p < 4; p++) {
    const raw = Array.from({ length: 24 }, (_, k) => {
      const t = k - 11 - p / 4;
      return (Math.sin(Math.PI * t) / (Math.PI * t)) * (0.5 + 0.5 * Math.cos((2 * Math.PI * t) / 24));
    });
    const sum = raw.reduce((a, v) => a + v, 0);
    const h = raw.map((v) => v / sum);
    for (let i = 0; i < x.length; i++)
      peak = Math.max(peak, Math.abs(h.reduce((y, v, k) => y + v * at(i + k - 11), 0)));
  }
  return 20 * Math.log10(peak);
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
  test('skipping blocks changes no bit', () => {
    const draw = mulberry32(7);
    for (const length of [0, 1, 5, 31, 32, 33, 63, 500, 4001]) {
      const x = Float32Array.from({ length }, (_, i) => (draw() - 0.5) * (i % 97 < 20 ? 1 : 0.2));
      expect(truePeak(x)).toBe(definition(x));
    }
  });
  test('silence has none', () => {
    expect(truePeak(new Float32Array(1000))).toBe(-Infinity);
  });
});
