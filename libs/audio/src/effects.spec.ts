import {
  applyEffect,
  biquad,
  type BiquadKind,
  echoTail,
  effectRanges,
  type EffectName,
  mulberry32,
  prepareReverb,
  runBiquad,
} from './index';

const impulse = (length: number) => Float32Array.from({ length }, (_, i) => (i === 0 ? 1 : 0));

/** Magnitude in dB of the measured impulse response at one frequency. */
function measured(h: Float64Array, frequency: number): number {
  let [re, im] = [0, 0];
  h.forEach((v, i) => {
    re += v * Math.cos((2 * Math.PI * frequency * i) / 48_000);
    im -= v * Math.sin((2 * Math.PI * frequency * i) / 48_000);
  });
  return 20 * Math.log10(Math.hypot(re, im));
}

type Complex = readonly [re: number, im: number];
const times = ([a, b]: Complex, [c, d]: Complex): Complex => [a * c - b * d, a * d + b * c];
const sum = (...terms: readonly Complex[]): Complex => terms.reduce(([a, b], [c, d]) => [a + c, b + d]);
const scaled = (k: number, [a, b]: Complex): Complex => [k * a, k * b];

/** |H| in dB of the cookbook's analog prototypes under the bilinear transform: a second road to the same filter. */
function prototype(kind: BiquadKind, f: number, [f0, q, gainDb]: readonly [number, number, number]): number {
  const s: Complex = [0, Math.tan((Math.PI * f) / 48_000) / Math.tan((Math.PI * f0) / 48_000)];
  const s2 = times(s, s);
  const one: Complex = [1, 0];
  const a = 10 ** (gainDb / 40);
  const root = Math.sqrt(a) / q;
  const plain = sum(s2, scaled(1 / q, s), one);
  const low: readonly [Complex, Complex] = [
    scaled(a, sum(s2, scaled(root, s), [a, 0])),
    sum(scaled(a, s2), scaled(root, s), one),
  ];
  const high: readonly [Complex, Complex] = [
    scaled(a, sum(scaled(a, s2), scaled(root, s), one)),
    sum(s2, scaled(root, s), [a, 0]),
  ];
  const forms: Record<BiquadKind, readonly [Complex, Complex]> = {
    lowpass: [one, plain],
    highpass: [s2, plain],
    peaking: [sum(s2, scaled(a / q, s), one), sum(s2, scaled(1 / (a * q), s), one)],
    lowshelf: low,
    highshelf: high,
  };
  const [above, below] = forms[kind];
  return 20 * Math.log10(Math.hypot(...above) / Math.hypot(...below));
}

describe('biquads follow the analog prototype within 0.001 dB', () => {
  test.each(['lowpass', 'highpass', 'peaking', 'lowshelf', 'highshelf'] as const)('%s', (kind) => {
    for (const [frequencyHz, q, gainDb] of [
      [800, 0.707, 6],
      [3000, 2, -9],
    ] as const) {
      const h = Float64Array.from(impulse(48_000));
      runBiquad(h, biquad(kind, { frequencyHz, q, gainDb }));
      for (const f of [100, 400, 1000, 4000, 10_000])
        expect(Math.abs(measured(h, f) - prototype(kind, f, [frequencyHz, q, gainDb]))).toBeLessThanOrEqual(0.001);
    }
  });
});

describe('effects', () => {
  test('every parameter plays at its least and most and is refused beyond', () => {
    const x = impulse(64);
    const ir = prepareReverb(impulse(8));
    for (const [effect, ranges] of Object.entries(effectRanges) as [EffectName, (typeof effectRanges)[EffectName]][])
      for (const [name, [least, most]] of Object.entries(ranges)) {
        const play = (value: number) => applyEffect(x, { effect, params: { [name]: value }, ir });
        expect(play(least).length).toBeGreaterThanOrEqual(64);
        expect(play(most).every(Number.isFinite)).toBe(true);
        for (const value of [least - 0.01, most + 0.01, Number.NaN])
          expect(() => play(value)).toThrow(expect.objectContaining({ code: 'fx.params' }));
      }
  });
  test('an unknown parameter and a reverb without response are refused', () => {
    const refusal = expect.objectContaining({ code: 'fx.params' }) as Error;
    expect(() => applyEffect(impulse(8), { effect: 'gain', params: { volume: 1 } })).toThrow(refusal);
    expect(() => applyEffect(impulse(8), { effect: 'reverb_ir' })).toThrow(refusal);
  });
  test('gain is a factor', () => {
    expect(
      applyEffect(Float32Array.of(0.25, -0.5), { effect: 'gain', params: { gainDb: 20 * Math.log10(2) } }),
    ).toEqual(Float32Array.of(0.5, -1));
  });
  test('a flat eq changes nothing', () => {
    const draw = mulberry32(5);
    const x = Float32Array.from({ length: 500 }, () => draw() - 0.5);
    const y = applyEffect(x, { effect: 'eq3' });
    expect(Math.max(...y.map((v, i) => Math.abs(v - (x[i] ?? 0))))).toBeLessThan(1e-6);
  });
  test('echoes come at multiples of the time, each weaker by the feedback, for 60 dB', () => {
    const y = applyEffect(impulse(10), { effect: 'delay', params: { timeMs: 2, feedbackPercent: 50, mixPercent: 40 } });
    expect([0, 96, 192, 288].map((i) => y[i])).toEqual([0.6, 0.4, 0.2, 0.1].map(Math.fround));
    expect(y.length).toBe(10 + 96 * 11);
    expect([echoTail(96, 0), echoTail(96_000, 0.95)]).toEqual([96, 144_000]);
  });
  test('a reverb has the energy of one whatever its file has', () => {
    const wet = applyEffect(impulse(4), {
      effect: 'reverb_ir',
      params: { mixPercent: 100 },
      ir: prepareReverb(Float32Array.of(3, 4)),
    });
    expect([wet.length, wet[0], wet[1]]).toEqual([5, expect.closeTo(0.6, 6), expect.closeTo(0.8, 6)]);
  });
});
