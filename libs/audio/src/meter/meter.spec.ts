import { integratedLoudness, mulberry32, readMeter, TENTH, truePeak } from '../index';

/** True peak by audio.md §1 in float64: every sample, every phase, nothing skipped. */
function definedPeak(x: Float32Array): number {
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
    for (let i = 0; i < x.length; i++) {
      let y = 0;
      for (let k = 0; k < 24; k++) y += (h[k] ?? 0) * at(i + k - 11);
      peak = Math.max(peak, Math.abs(y));
    }
  }
  return 20 * Math.log10(peak);
}

/** K-weighted mean squares by audio.md §1 in float64, in the order of its formula. */
function definedPowers(x: Float32Array): number[] {
  let [x1, x2, y1, y2, z1, z2] = [0, 0, 0, 0, 0, 0];
  const powers: number[] = [];
  for (let from = 0; from + TENTH <= x.length; from += TENTH) {
    let sum = 0;
    for (const v of x.subarray(from, from + TENTH)) {
      const y =
        1.53512485958697 * v -
        2.69169618940638 * x1 +
        1.19839281085285 * x2 +
        1.69065929318241 * y1 -
        0.73248077421585 * y2;
      const z = y - 2 * y1 + y2 + 1.99004745483398 * z1 - 0.99007225036621 * z2;
      [x2, x1, y2, y1, z2, z1] = [x1, v, y1, y, z1, z];
      sum += z * z;
    }
    powers.push(sum / TENTH);
  }
  return powers;
}

const noise = (length: number, shape: (i: number) => number = () => 1) => {
  const draw = mulberry32(7);
  return Float32Array.from({ length }, (_, i) => (draw() - 0.5) * shape(i));
};
const CHUNK = 62_400;

describe('the meter kernel', () => {
  test.each([1, 5, 31, 32, 33, 63, 500, 4001, CHUNK + 40])(
    '%d samples of noise: true peak of the definition within 1e-4 dB',
    (length) => {
      const x = noise(length, (i) => (i % 97 < 20 ? 1 : 0.2));
      expect(Math.abs(truePeak(x) - definedPeak(x))).toBeLessThanOrEqual(1e-4);
    },
  );
  test('a peak between two samples is found wherever it lies, also across two chunks', () => {
    for (const at of [0, 1, 30, 31, 32, 700, CHUNK - 2, CHUNK - 1, CHUNK, CHUNK + 1, CHUNK + 99]) {
      const x = new Float32Array(CHUNK + 101);
      x.set([0.5, 0.9, 0.9, -0.3].slice(0, x.length - at), at);
      // Silence around needs no computing, and a cut that keeps 24 samples of it on each side changes nothing.
      const near = x.subarray(Math.max(0, at - 40), at + 60);
      expect(Math.abs(truePeak(x) - definedPeak(near))).toBeLessThanOrEqual(1e-4);
    }
  });
  test('a short signal after a long one sees nothing of it', () => {
    readMeter(noise(CHUNK));
    expect(truePeak(noise(40, () => 0.01))).toBeCloseTo(definedPeak(noise(40, () => 0.01)), 4);
  });
  test('nothing at all reads as silence', () => {
    expect(readMeter(new Float32Array())).toEqual({ peak: 0, powers: new Float64Array() });
  });
  test('weighted powers are those of the definition, over chunks and silence', () => {
    const x = noise(2 * CHUNK + 100, (i) => (i > 30_000 && i < 90_000 ? 0 : 0.5));
    const [own, defined] = [readMeter(x).powers, definedPowers(x)];
    expect(own.length).toBe(26);
    const loudest = Math.max(...defined);
    own.forEach((power, i) => {
      expect(Math.abs(power - (defined[i] ?? 0)) / loudest).toBeLessThanOrEqual(1e-12);
    });
  });
  test('equal signals read equally, whatever was read before', () => {
    const x = noise(CHUNK + 5);
    const first = [integratedLoudness(x), truePeak(x)];
    readMeter(noise(100));
    expect([integratedLoudness(x), truePeak(x)]).toEqual(first);
  });
});
