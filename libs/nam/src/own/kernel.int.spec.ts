import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from '@gts/audio';
import { anLstm, aWaveNet, namBytes, type NamFile, publishedShapes, relativeDb, seeded } from '@gts/testing';
import { loadOwnEngine, ownEngineId, parseNam, prepareOracle, renderOracle } from '../index';

const own = loadOwnEngine();
const signal = (frames: number) => {
  const draw = seeded(7);
  return Float32Array.from({ length: frames }, () => 0.6 * draw() - 0.3);
};
const compare = (file: NamFile, x: Float32Array) => {
  const model = parseNam(namBytes(file));
  const y = own.render(own.prepare(model), x);
  expect(y.length).toBe(x.length);
  return relativeDb(y, renderOracle(prepareOracle(model), x));
};

test('the engine id names the bytes of the kernel', () => {
  const built = sha256(readFileSync(join(__dirname, '../../dist/kernel.wasm')));
  const committed = readFileSync(join(__dirname, '../../assembly/kernel.sha256'), 'utf8').trim();
  expect([built, ownEngineId]).toEqual([committed, `own:${committed}:1`]);
});

test.each(Object.entries(publishedShapes))('%s is the definition within −110 dB', (_, arrays) => {
  expect(compare(aWaveNet(41, arrays), signal(4000))).toBeLessThan(-110);
});
test.each([
  [16, 2],
  [24, 1],
] as const)('an LSTM of %d × %d is the definition within −90 dB', (...shape) => {
  expect(compare(anLstm(42, shape), signal(2000))).toBeLessThan(-90);
});
