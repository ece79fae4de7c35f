import { integratedLoudness, loudness, NO_LOUDNESS, SAMPLE_RATE } from './index';

/** Pieces of a sine: [dBFS, seconds]. */
function sine(frequency: number, pieces: readonly (readonly [number, number])[]): Float32Array {
  const total = pieces.reduce((sum, [, seconds]) => sum + Math.round(seconds * SAMPLE_RATE), 0);
  const x = new Float32Array(total);
  const wave = Float64Array.from({ length: SAMPLE_RATE }, (_, i) =>
    Math.sin((2 * Math.PI * frequency * i) / SAMPLE_RATE),
  );
  let at = 0;
  for (const [dbfs, seconds] of pieces) {
    const amplitude = 10 ** (dbfs / 20);
    const end = at + Math.round(seconds * SAMPLE_RATE);
    for (; at < end; at++) x[at] = amplitude * (wave[at % SAMPLE_RATE] ?? 0);
  }
  return x;
}

describe('integrated loudness, dual mono (EBU Tech 3341, table 1; ±0.05 LU)', () => {
  test.each([
    ['case 1', [[-23, 20]], -23],
    ['case 2', [[-33, 20]], -33],
    [
      'case 3',
      [
        [-36, 10],
        [-23, 60],
        [-36, 10],
      ],
      -23,
    ],
    [
      'case 4',
      [
        [-72, 10],
        [-36, 10],
        [-23, 60],
        [-36, 10],
        [-72, 10],
      ],
      -23,
    ],
    [
      'case 5',
      [
        [-26, 20],
        [-20, 20.1],
        [-26, 20],
      ],
      -23,
    ],
  ] as const)('%s', (_, pieces, expected) => {
    expect(Math.abs(integratedLoudness(sine(1000, pieces)) - expected)).toBeLessThanOrEqual(0.05);
  });
  test('997 Hz at full scale reads 0.0', () => {
    expect(integratedLoudness(sine(997, [[0, 5]]))).toBeCloseTo(0, 1);
  });
  test('silence, and less than one block, have none', () => {
    expect(integratedLoudness(new Float32Array(96_000))).toBe(-Infinity);
    expect(integratedLoudness(sine(997, [[0, 0.39]]))).toBe(-Infinity);
  });
});

describe('curves of loudness', () => {
  // Tech 3341, case 6 in spirit: a steady tone reads its level in every window, wherever the window lies.
  test('a steady −23 dBFS tone reads −23.0 all along, one value per 100 ms', () => {
    const { integrated, momentary, shortTerm } = loudness(sine(1000, [[-23, 10]]));
    expect([momentary.length, shortTerm.length]).toEqual([97, 71]);
    expect([new Set(momentary.subarray(4)), new Set(shortTerm.subarray(30))]).toEqual([
      new Set([-230]),
      new Set([-230]),
    ]);
    expect(integrated).toBe(integratedLoudness(sine(1000, [[-23, 10]])));
  });
  test('a step shows at once in the momentary curve and over 3 s in the short-term one', () => {
    const { momentary, shortTerm } = loudness(
      sine(1000, [
        [-40, 5],
        [-20, 5],
      ]),
    );
    // Value i of the momentary curve ends at 0.4 + i/10 s, of the short-term curve at 3 + i/10 s.
    expect([momentary[46], momentary[50]]).toEqual([-400, -200]);
    expect([shortTerm[20], shortTerm[50]]).toEqual([-400, -200]);
    // Half of the window at −20: 10·log10(0.5 + 0.5·0.01) above it.
    expect(shortTerm[35]).toBe(Math.round(10 * (-20 + 10 * Math.log10(0.505))));
  });
  test('silence has its own value, less than a window has none', () => {
    const { momentary, shortTerm } = loudness(new Float32Array(48_000));
    expect([new Set(momentary), shortTerm.length]).toEqual([new Set([NO_LOUDNESS]), 0]);
  });
});
