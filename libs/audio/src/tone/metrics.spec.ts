import {
  averageSpectrum,
  bandCentresHz,
  mulberry32,
  offsetWarnings,
  onsetOf,
  SAMPLE_RATE,
  thirdOctaves,
  toneMetrics,
} from '../index';

const sine = (amplitude: number, frequency: number) => (i: number) =>
  amplitude * Math.sin((2 * Math.PI * frequency * i) / SAMPLE_RATE);
const signal = (seconds: number, ...parts: readonly ((i: number) => number)[]) =>
  Float32Array.from({ length: seconds * SAMPLE_RATE }, (_, i) => parts.reduce((sum, part) => sum + part(i), 0));
const near = (value: number, digits: number) => expect.closeTo(value, digits) as number;
const metricsOf = (x: Float32Array, diOnsetMs: number | null = 0) => toneMetrics(x, averageSpectrum(x), diOnsetMs);

/** Closed forms: power of a sine a²/2, of a sum of sines the sum; slopes and times are those the signal is made of. */
describe('metrics of synthetic signals are their closed forms', () => {
  test('three sines: level, spectrum, no dynamics', () => {
    const x = signal(10, sine(0.2, 100), sine(0.4, 1000), sine(0.1, 5000));
    const powers = [0.02, 0.08, 0.005];
    const total = powers.reduce((sum, p) => sum + p, 0);
    const found = metricsOf(x);
    expect(found).toMatchObject({
      rmsDbfs: near(10 * Math.log10(total), 1),
      centroidHz: near((0.02 * 100 + 0.08 * 1000 + 0.005 * 5000) / total, 0),
      bassShare: near(0.02 / total, 3),
      midShare: near(0.08 / total, 3),
      trebleShare: near(0.005 / total, 3),
      dynamicRangeDb: near(0, 1),
      dcOffset: 0,
      transientsPerSecond: 0,
      attackMs: null,
    });
    expect((found.bassShare ?? 0) + (found.midShare ?? 0) + (found.trebleShare ?? 0)).toBeCloseTo(1, 3);
  });
  test('one sine: crest 3.01 dB', () => {
    expect(metricsOf(signal(2, sine(0.5, 997)))).toMatchObject({
      crestDb: near(3.01, 2),
      peakDbfs: near(-6.02, 2),
      rmsDbfs: near(-9.03, 2),
    });
  });
  test('a ramp and a decay: attack, slope, onset against the DI, offset', () => {
    // 100 ms of silence, 20 ms of straight rise to 0.8, then −30 dB a second.
    const shape = (i: number): number => {
      const t = i / SAMPLE_RATE - 0.1;
      return t <= 0 ? 0 : t < 0.02 ? (0.8 * t) / 0.02 : 0.8 * 10 ** ((-30 * (t - 0.02)) / 20);
    };
    const x = signal(2, shape);
    const [from, to] = [0.0002, 0.018];
    const mean = (0.8 * 0.01 + (0.8 * (1 - 10 ** ((-30 * 1.88) / 20))) / ((30 * Math.LN10) / 20)) / 2;
    const found = metricsOf(x, 99);
    expect(found).toMatchObject({
      peakDbfs: near(20 * Math.log10(0.8), 1),
      attackMs: near(1000 * (to - from), 1),
      decayDbPerSecond: near(-30, 1),
      onsetMs: near(100.2 - 99, 1),
      dcOffset: near(mean, 3),
    });
  });
  test('bursts over a floor: range, crest, transients', () => {
    // 20 ms of 2 kHz at 0.8 every 250 ms, over −63 dBFS of 200 Hz.
    const burst = (i: number): number => (i % 12_000 < 960 ? sine(0.8, 2000)(i) : 0);
    const found = metricsOf(signal(5, burst, sine(0.001, 200)));
    const power = (0.32 * 20) / 250;
    expect(found).toMatchObject({
      rmsDbfs: near(10 * Math.log10(power), 1),
      crestDb: near(20 * Math.log10(0.8 / Math.sqrt(power)), 1),
      dynamicRangeDb: near(10 * Math.log10((0.32 * 20) / 50 / 5e-7), 1),
      transientsPerSecond: 4,
    });
  });
  test('transients closer than 50 ms count once', () => {
    const burst = (i: number): number => (i % 24_000 < 240 || (i % 24_000 >= 1440 && i % 24_000 < 1680) ? 0.5 : 0);
    expect(metricsOf(signal(4, burst)).transientsPerSecond).toBe(2);
  });
  test('silence and emptiness have no numbers and no NaN', () => {
    for (const x of [new Float32Array(48_000), new Float32Array()])
      expect(metricsOf(x)).toEqual({
        rmsDbfs: null,
        peakDbfs: null,
        crestDb: null,
        dcOffset: 0,
        dynamicRangeDb: null,
        centroidHz: null,
        bassShare: null,
        midShare: null,
        trebleShare: null,
        transientsPerSecond: 0,
        attackMs: null,
        decayDbPerSecond: null,
        onsetMs: null,
      });
  });
});

describe('third octaves', () => {
  test('a full-scale sine at a centre reads −3.0 there', () => {
    for (const band of [0, 13, 26]) {
      const x = signal(3, sine(1, bandCentresHz[band] ?? 0));
      expect(thirdOctaves(averageSpectrum(x))[band]).toBeCloseTo(-3, 1);
    }
  });
  test('27 bands from 50 Hz to 20 kHz', () => {
    expect([bandCentresHz.length, bandCentresHz[0], bandCentresHz[26]]).toEqual([
      27,
      near(50.12, 2),
      near(19_952.6, 1),
    ]);
  });
  test('white noise rises by 1 dB a band, since each is wider by 10^0.1', () => {
    const draw = mulberry32(11);
    const x = signal(20, () => draw() - 0.5);
    const bands = thirdOctaves(averageSpectrum(x));
    // Power 1/12 spread evenly over 24 kHz.
    const width = (centre: number) => centre * (10 ** 0.05 - 10 ** -0.05);
    for (const band of [10, 18, 26])
      expect(
        Math.abs((bands[band] ?? 0) - 10 * Math.log10(width(bandCentresHz[band] ?? 0) / 12 / 24_000)),
      ).toBeLessThan(0.5);
  });
  test('the bins of the spectrum add up to the mean square', () => {
    const sum = averageSpectrum(signal(4, sine(0.5, 440), sine(0.25, 3000))).reduce((a, p) => a + p, 0);
    expect(sum).toBeCloseTo((0.25 + 0.0625) / 2, 4);
  });
});

test('tones more than 5 ms apart warn', () => {
  expect(offsetWarnings([{ onsetMs: 1 }, { onsetMs: 6 }, { onsetMs: null }])).toEqual([]);
  expect(offsetWarnings([{ onsetMs: 1 }, { onsetMs: 6.01 }])).toEqual(['tone.offset']);
  expect(offsetWarnings([])).toEqual([]);
});

test('the onset of a recording is its first sample above 1 % of the peak', () => {
  const x = new Float32Array(4800);
  x[480] = 0.009;
  x[960] = 0.011;
  x[1000] = 1;
  expect([onsetOf(x), onsetOf(new Float32Array(10))]).toEqual([20, null]);
});
