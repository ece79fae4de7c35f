import { integratedLoudness, SAMPLE_RATE } from './index';

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
