import fc from 'fast-check';
import { describeTones, type ToneMetrics } from '../index';

const plain: ToneMetrics = {
  rmsDbfs: -18,
  peakDbfs: -3,
  crestDb: 15,
  dcOffset: 0,
  dynamicRangeDb: 20,
  centroidHz: 1500,
  bassShare: 0.3,
  midShare: 0.5,
  trebleShare: 0.2,
  transientsPerSecond: 4,
  attackMs: 10,
  decayDbPerSecond: -20,
  onsetMs: 0,
};
/** Two tones that differ by `delta` lie half of it from their mean. */
const pair = (metric: keyof ToneMetrics, delta: number) =>
  describeTones([plain, { ...plain, [metric]: (plain[metric] ?? 0) + delta }]);
const SAME = 'Close to the mean of the set in every respect.';

describe('the text of a tone', () => {
  test.each([
    ['centroidHz', 200, 'Darker (−100 Hz).', 'Brighter (+100 Hz).'],
    ['bassShare', 0.1, 'Less bass (−5 %).', 'More bass (+5 %).'],
    ['midShare', 0.1, 'Less mids (−5 %).', 'More mids (+5 %).'],
    ['trebleShare', 0.06, 'Less treble (−3 %).', 'More treble (+3 %).'],
    ['crestDb', 2, 'More compressed (−1.0 dB).', 'Punchier (+1.0 dB).'],
    ['dynamicRangeDb', 4, 'Narrower dynamics (−2.0 dB).', 'Wider dynamics (+2.0 dB).'],
    ['attackMs', 10, 'Faster attack (−5 ms).', 'Slower attack (+5 ms).'],
    ['decayDbPerSecond', 10, 'Shorter sustain (−5 dB/s).', 'Longer sustain (+5 dB/s).'],
    ['transientsPerSecond', 1, 'Fewer transients (−0.5 /s).', 'More transients (+0.5 /s).'],
  ] as const)('%s is worth words from its least difference on, and not below', (...[metric, delta, less, more]) => {
    expect(pair(metric, delta)).toEqual([less, more]);
    expect(pair(metric, delta * 0.99)).toEqual([SAME, SAME]);
  });
  test('several differences stand in one order', () => {
    const other = { ...plain, centroidHz: 2500, bassShare: 0.1, attackMs: null };
    expect(describeTones([other, plain])).toEqual([
      'Brighter (+500 Hz), less bass (−10 %).',
      'Darker (−500 Hz), more bass (+10 %).',
    ]);
  });
  test('a number that a tone lacks is left out of its text and of the mean', () => {
    expect(describeTones([{ ...plain, attackMs: null }, plain])).toEqual([SAME, SAME]);
  });
  test('equal numbers give equal words, in any order of the set', () => {
    const metrics = fc.record({
      centroidHz: fc.double({ min: 100, max: 8000, noNaN: true }),
      crestDb: fc.double({ min: 3, max: 30, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(metrics, { minLength: 1, maxLength: 6 }), (given) => {
        const set = given.map((each) => ({ ...plain, ...each }));
        expect(describeTones(set)).toEqual(describeTones(set));
        expect(describeTones(set.map(() => set[0] ?? plain))).toEqual(set.map(() => SAME));
        expect(describeTones(set.toReversed()).toReversed()).toEqual(describeTones(set));
      }),
    );
  });
});
