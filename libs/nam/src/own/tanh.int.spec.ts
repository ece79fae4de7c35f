import { anLstm, aWaveNet, namBytes, type NamFile } from '@gts/testing';
import { loadOwnEngine, parseNam } from '../index';

const own = loadOwnEngine();
const play = (file: NamFile, x: Float32Array) => own.render(own.prepare(parseNam(namBytes(file))), x);

/** One channel, one tap, every weight 1 and every bias 0: the capture is tanh. */
const shape = aWaveNet(1, [{ channels: 1, dilations: [1], kernelSizes: 1, outputs: 1 }]);
const tanh: NamFile = { ...shape, weights: [1, 1, 0, 0, 1, 0, 1, 1] };

const LAST = 200_000;
const x = Float32Array.from({ length: 2 * LAST + 1 }, (_, i) => (i - LAST) / 20_000);
const y = play(tanh, x);

test('tanh is at most 5e-7 off over ±10 and never beyond ±1', () => {
  const worst = x.reduce((most, v, i) => Math.max(most, Math.abs((y[i] ?? NaN) - Math.tanh(v))), 0);
  expect(worst).toBeLessThanOrEqual(5e-7);
  expect(y.every((v) => Math.abs(v) <= 1)).toBe(true);
});
test('tanh is odd', () => {
  const odd = y.every((v, i) => Object.is(v === 0 ? 0 : v, y[2 * LAST - i] === 0 ? 0 : -(y[2 * LAST - i] ?? NaN)));
  expect(odd).toBe(true);
});
test('tanh is ±1 beyond the clamp', () => {
  const far = Float32Array.of(7.704, 9, 100, 3e38);
  expect([...play(tanh, far)]).toEqual([1, 1, 1, 1]);
  expect([
    ...play(
      tanh,
      far.map((v) => -v),
    ),
  ]).toEqual([-1, -1, -1, -1]);
});
test('a NaN comes out as NaN: what diverges shows it', () => {
  expect([...play(tanh, Float32Array.of(0, NaN, 0))]).toEqual([0, NaN, 0]);
  const after = play(anLstm(1, [3, 1]), Float32Array.of(0, NaN, 0));
  expect([...after].map(Number.isNaN)).toEqual([false, true, true]);
});
