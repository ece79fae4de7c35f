import type { AmpUse, JobTone } from '../domain/render-job';
import { engineOf, enginesOf } from './engines-of';

const exact: AmpUse = { blockIndex: 0, engine: 'own:1', tanh: 'exact' };
const fast: AmpUse = { blockIndex: 1, engine: 'compat:1', tanh: 'fast' };
const tone = (...amps: AmpUse[]): JobTone => ({
  toneId: 't',
  chainRenderId: 'c',
  status: 'rendered',
  cached: false,
  amps,
});

test('a chain is as exact as its least exact capture', () => {
  expect(engineOf(tone(exact, fast))).toEqual({ engine: 'compat:1', tanh: 'fast' });
  expect(engineOf(tone(exact))).toEqual({ engine: 'own:1', tanh: 'exact' });
  expect([engineOf(tone()), engineOf(undefined)]).toEqual([{}, {}]);
});
test('a set says which engines played it and whether they differ', () => {
  expect(enginesOf([tone(exact), tone(exact)])).toEqual({ ids: ['own:1'], mixed: false });
  expect(enginesOf([tone(fast), tone(exact)])).toEqual({ ids: ['compat:1', 'own:1'], mixed: true });
  expect(enginesOf([tone(), tone()])).toEqual({ ids: [], mixed: false });
});
