import { Kept } from './kept';

test('what was used longest ago goes first, and nothing stays above the limit', () => {
  const kept = new Kept<string>(100);
  kept.set('a', 'A', 40);
  kept.set('b', 'B', 40);
  expect(kept.get('a')).toBe('A');
  kept.set('c', 'C', 40);
  expect([kept.get('a'), kept.get('b'), kept.get('c')]).toEqual(['A', undefined, 'C']);
});
test('a value that is set again counts once', () => {
  const kept = new Kept<string>(100);
  for (let i = 0; i < 5; i++) kept.set('a', String(i), 60);
  kept.set('b', 'B', 40);
  expect([kept.get('a'), kept.get('b')]).toEqual(['4', 'B']);
});
test('a value above the limit is not kept and drives nothing out', () => {
  const kept = new Kept<string>(100);
  kept.set('a', 'A', 100);
  kept.set('big', 'B', 101);
  expect([kept.get('a'), kept.get('big')]).toEqual(['A', undefined]);
});
