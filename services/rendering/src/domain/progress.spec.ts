import fc from 'fast-check';
import { chainFraction, nothingDone, percentOf } from './progress';

test('weighs stages by their share of the work', () => {
  const done = { ...nothingDone(['a', 'b']), decode: 1 };
  expect(percentOf(done)).toBe(5);
  const half = { ...done, tones: { ...done.tones, a: { stage: 'done' as const, fraction: 1, cached: true } } };
  expect(percentOf(half)).toBe(40);
  const all = { stage: 'done' as const, fraction: 1, cached: false };
  expect(percentOf({ ...half, tones: { a: all, b: all }, level: 1, encode: 1 })).toBe(100);
});
test('never falls, whatever is told', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean())), (told) => {
      let done = nothingDone(['a']);
      for (const [fraction, level] of told) {
        const before = done.shown;
        done = level ? { ...done, level: fraction } : { ...done, decode: fraction };
        done = { ...done, shown: percentOf(done) };
        expect(done.shown).toBeGreaterThanOrEqual(before);
      }
    }),
  );
});
test('a chain is mostly its captures', () => {
  expect(chainFraction(['capture', 'ir'], 0, 1)).toBeCloseTo(20 / 21);
  expect(chainFraction(['capture', 'ir'], 1, 1)).toBe(1);
});
