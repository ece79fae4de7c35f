import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { acceptDiWav } from '@gts/audio';
import {
  anLstm,
  aWaveNet,
  namBytes,
  type NamArray,
  type NamFile,
  plucks,
  publishedShapes,
  relativeDb,
} from '@gts/testing';
import { loadOwnEngine, parseNam, prepareOracle, readForOracle, renderOracle } from '../index';

const own = loadOwnEngine();
const dbfs = (y: Float32Array) => 10 * Math.log10(y.reduce((sum, v) => sum + v * v, 0) / y.length);

const array = (part: Partial<NamArray>): readonly NamArray[] => [
  { channels: 4, dilations: [1, 2, 5], kernelSizes: 3, outputs: 1, headBias: true, ...part },
];
const container = (full: NamFile): NamFile => {
  const submodels = [
    { max_value: 0.5, model: aWaveNet(1, array({ channels: 2 })) },
    { max_value: 1, model: full },
  ];
  return { version: '0.7.0', architecture: 'SlimmableContainer', config: { submodels }, weights: [] };
};
const threeArrays: readonly NamArray[] = [
  { channels: 5, dilations: [1, 3], kernelSizes: 2, outputs: 3, headKernel: 4, headBias: true },
  { channels: 3, dilations: [7], kernelSizes: 3, outputs: 2, headKernel: 1 },
  { channels: 2, dilations: [1, 100], kernelSizes: 2, outputs: 1, headKernel: 2, headBias: true },
];

type Case = readonly [name: string, file: NamFile, mostDb: number];
const waveNets: readonly Case[] = [
  ...Object.entries(publishedShapes).map(([name, arrays]): Case => [name, aWaveNet(41, arrays), -110]),
  ['container of A2 lite', container(aWaveNet(42, publishedShapes['A2 lite'])), -110],
  ['ReLU', aWaveNet(43, array({ activation: 'ReLU' })), -110],
  ['LeakyReLU of slope 1.5', aWaveNet(44, array({ activation: { type: 'LeakyReLU', negative_slope: 1.5 } })), -110],
  ['a list of activations', aWaveNet(45, array({ activation: ['Tanh', { type: 'LeakyReLU' }, 'ReLU'] })), -110],
  ['1 channel, 1 tap', aWaveNet(46, array({ channels: 1, kernelSizes: 1 })), -110],
  ['3 channels, no bias', aWaveNet(47, array({ channels: 3, headBias: false })), -110],
  ['5 channels, 15 taps, head of 16', aWaveNet(48, array({ channels: 5, kernelSizes: 15, headKernel: 16 })), -110],
  ['10 channels', aWaveNet(49, array({ channels: 10 })), -110],
  ['64 channels', aWaveNet(50, array({ channels: 64, dilations: [1, 9] })), -110],
  ['three arrays', aWaveNet(51, threeArrays), -110],
  ['history beyond a block', aWaveNet(52, array({ channels: 2, dilations: [8000], kernelSizes: 2 })), -110],
];
const lstms: readonly Case[] = [
  ['LSTM 1×1', anLstm(61, [1, 1]), -90],
  ['LSTM 3×1 from a stored state', anLstm(62, [3, 1], true), -90],
  ['LSTM 16×2', anLstm(63, [16, 2]), -90],
  ['LSTM 24×1', anLstm(64, [24, 1], true), -90],
  ['LSTM 40×1', anLstm(65, [40, 1]), -90],
];

function rendered(bytes: Uint8Array, x: Float32Array): Float32Array {
  const y = own.render(own.prepare(parseNam(bytes)), x);
  expect(y.length).toBe(x.length);
  expect(y).not.toEqual(x);
  return y;
}
const defined = (bytes: Uint8Array, x: Float32Array) => renderOracle(prepareOracle(readForOracle(bytes)), x);

/** If a hash changes, the engine changed its bits: its id must change with it, see docs/engine.md. */
test.each([...waveNets, ...lstms])('%s is what the definition says', (name, file, mostDb) => {
  const x = plucks(name.startsWith('LSTM') ? 3000 : 6000);
  const y = rendered(namBytes(file), x);
  const expected = defined(namBytes(file), x);
  expect(dbfs(expected)).toBeGreaterThan(-50);
  expect(relativeDb(y, expected)).toBeLessThanOrEqual(mostDb);
  expect(createHash('sha256').update(new Uint8Array(y.buffer)).digest('hex')).toMatchSnapshot();
});

const demo = join(__dirname, '../../../../deploy/demo');
const di = acceptDiWav(readFileSync(join(demo, 'di/palm-muted-riff.wav'))).samples.subarray(48_000, 60_000);
test.each(readdirSync(join(demo, 'captures')))('demo capture %s is what the definition says', (name) => {
  const bytes = readFileSync(join(demo, 'captures', name));
  expect(relativeDb(rendered(bytes, di), defined(bytes, di))).toBeLessThanOrEqual(-110);
});
