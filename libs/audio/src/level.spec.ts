import fc from 'fast-check';
import {
  applyGain,
  commonLength,
  frame,
  level,
  measure,
  prepare,
  quantise16,
  quantise24,
  requireAudible,
  requireFinite,
  TAIL_FRAMES,
  verifySet,
} from './index';

/** Steady sound of that loudness; its peak is taken as given. */
const steady = (integrated: number, truePeak: number) => {
  const powers = Array.from({ length: 10 }, () => 10 ** ((integrated + 0.691) / 10) / 2);
  return { integrated, truePeak, powers };
};
const sine = (amplitude: number, frames = 48_000) =>
  Float32Array.from({ length: frames }, (_, i) => amplitude * Math.sin((2 * Math.PI * 440 * i) / 48_000));

describe('levelling', () => {
  test('reaches −14 LUFS when every tone allows it', () => {
    expect(level([steady(-20, -8), steady(-10, -1)])).toEqual({
      targetLufs: -14,
      limitedBy: null,
      gainsDb: [6, -4],
      warnings: [],
    });
  });
  test('a peaky tone lowers the whole set and is named', () => {
    const tones = [steady(-20, -8), steady(-30.127, -3)];
    expect(level(tones)).toMatchObject({
      targetLufs: -28.13,
      limitedBy: 1,
      gainsDb: [-8.13, 1.997],
      warnings: ['level.low_target'],
    });
  });
  test('for all sets: equal loudness, no peak above −1 dBTP beyond rounding', () => {
    const tone = fc.record({
      integrated: fc.double({ min: -60, max: 0, noNaN: true }),
      truePeak: fc.double({ min: -60, max: 6, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(tone, { minLength: 1, maxLength: 16 }), (tones) => {
        const { targetLufs, gainsDb } = level(tones.map((each) => steady(each.integrated, each.truePeak)));
        tones.forEach(({ integrated, truePeak }, i) => {
          expect(Math.abs(integrated + (gainsDb[i] ?? NaN) - targetLufs)).toBeLessThanOrEqual(0.000_51);
          expect(truePeak + (gainsDb[i] ?? NaN)).toBeLessThanOrEqual(-0.999);
        });
      }),
    );
  });
  test('quiet blocks that a gain moves over the absolute gate do not move the set', () => {
    // Ten seconds of sound, long decays about the gate, and one that is too peaky for −14 LUFS.
    const decaying = (from: number) =>
      Float32Array.from({ length: 960_000 }, (_, i) => from * 10 ** (-(i / 960_000) * 4.2) * Math.sin(0.05 * i));
    const peaky = Float32Array.from({ length: 960_000 }, (_, i) => (i % 24_000 < 3 ? 0.9 : 0.002 * Math.sin(0.1 * i)));
    const tones = [decaying(0.9), decaying(0.05), peaky];
    const { targetLufs, gainsDb, limitedBy } = level(tones.map(measure));
    expect(limitedBy).toBe(2);
    tones.forEach((x, i) => {
      const { integrated, truePeak } = measure(applyGain(x, gainsDb[i] ?? 0));
      expect(Math.abs(integrated - targetLufs)).toBeLessThanOrEqual(0.002);
      expect(truePeak).toBeLessThanOrEqual(-0.999);
    });
  });
  test('the applied gain gives what was computed, and the set verifies', () => {
    const tones = [sine(0.3), sine(0.02)];
    const { gainsDb, targetLufs } = level(tones.map(measure));
    const files = tones.map((x, i) => ({ ...measure(applyGain(x, gainsDb[i] ?? 0)), frames: x.length }));
    expect(() => verifySet(files, { targetLufs, frames: 48_000 })).not.toThrow();
    const failed = expect.objectContaining({ code: 'encoder.failed', kind: 'unavailable' }) as Error;
    expect(() => verifySet(files, { targetLufs, frames: 48_001 })).toThrow(failed);
    expect(() => verifySet(files, { targetLufs: targetLufs + 0.06, frames: 48_000 })).toThrow(failed);
    expect(() =>
      verifySet(
        files.map((f) => ({ ...f, truePeak: -0.97 })),
        { targetLufs, frames: 48_000 },
      ),
    ).toThrow(failed);
  });
});

describe('what cannot be levelled is refused', () => {
  test('silence', () => {
    const x = new Float32Array(48_000);
    expect(() => requireAudible(x, measure(x))).toThrow(expect.objectContaining({ code: 'render.silent' }));
    expect(() => requireAudible(sine(0.1), measure(sine(0.1)))).not.toThrow();
  });
  test('NaN and infinity, with the block', () => {
    const refusal = expect.objectContaining({ code: 'render.non_finite', details: { blockIndex: 2 } }) as Error;
    for (const bad of [Number.NaN, Infinity]) expect(() => requireFinite(Float32Array.of(0, bad), 2)).toThrow(refusal);
  });
});

describe('prepare and frame', () => {
  test('an excerpt is cut, gained, faded and gets its tail', () => {
    const { samples, warnings } = prepare(new Float32Array(96_000).fill(0.5), {
      excerpt: { startMs: 500, endMs: 1500 },
      inputGainDb: 6,
    });
    expect(samples.length).toBe(48_000 + TAIL_FRAMES);
    expect([samples[24_000], samples[0], samples[48_000]]).toEqual([
      Math.fround(0.5 * 10 ** 0.3),
      expect.closeTo(0, 3),
      0,
    ]);
    expect(samples[47_999]).toBeLessThan(1e-4);
    expect(warnings).toEqual([]);
  });
  test('passing full scale is legal and said; at 0 dB the middle is untouched', () => {
    expect(prepare(new Float32Array(1000).fill(0.6), { inputGainDb: 6 }).warnings).toEqual(['di.hot']);
    expect(prepare(sine(0.3)).samples.subarray(96, 47_520)).toEqual(sine(0.3).subarray(96, 47_520));
  });
  test('the set has one length: a multiple of 100 ms, at most 3 s beyond the DI', () => {
    expect(commonLength([50_000, 62_401], 62_400)).toBe(67_200);
    expect(commonLength([62_400, 1_000_000], 62_400)).toBe(206_400);
  });
  test('each tone fades where its own sound ends', () => {
    const out = frame(new Float32Array(1000).fill(1), 4800);
    expect([out.length, out[96], out[519], out[1000]]).toEqual([4800, 1, 1, 0]);
    expect(out[999]).toBeLessThan(1e-4);
    expect(frame(new Float32Array(9000).fill(1), 4800)[4799]).toBeLessThan(1e-4);
  });
});

describe('quantising', () => {
  test('24 bits round to nearest and clip', () => {
    expect(quantise24(Float32Array.of(0, 1, -1, 2, -2, 0.5, 0.6 / 8_388_608))).toEqual(
      Int32Array.of(0, 8_388_607, -8_388_608, 8_388_607, -8_388_608, 4_194_304, 1),
    );
  });
  test('16 bits have dither of −96.3 dBFS, no offset, and clip', () => {
    const q = quantise16(new Float32Array(96_000).fill(0.25));
    const errors = Array.from(q, (v) => v / 32_768 - 0.25);
    const rms = Math.sqrt(errors.reduce((s, e) => s + e * e, 0) / errors.length);
    expect(20 * Math.log10(rms)).toBeCloseTo(-96.3, 0);
    expect(Math.abs(errors.reduce((s, e) => s + e, 0) / errors.length)).toBeLessThan(2 / 32_768 / Math.sqrt(96_000));
    expect(quantise16(new Float32Array(8).fill(2))).toEqual(new Int16Array(8).fill(32_767));
    expect(quantise16(sine(0.3))).toEqual(quantise16(sine(0.3)));
  });
});
