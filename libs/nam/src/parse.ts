import { audioRefusal } from '@gts/audio/browser';
import { activationOf, foreignPart } from './architecture';
import { checkArrays, checkRawArray, MOST_WEIGHTS, RATES, requireInteger } from './bounds';
import { parseJson } from './json';
import { foreignShape, foreignText, opsOf } from './compat/model';
import {
  type ForeignModel,
  type LayerArray,
  type LstmModel,
  type NamModel,
  type OwnModel,
  type WaveNetModel,
  weightCount,
} from './model';
import {
  checkVersion,
  containerConfig,
  lstmConfig,
  parseFile,
  parsePart,
  parseInner,
  type RawArray,
  type RawFile,
  type RawWaveNet,
  waveNetConfig,
} from './schema';
import { requireFewValues } from './size';

type Unweighted<M> = M extends OwnModel ? Omit<M, 'version' | 'sampleRate' | 'weights'> : never;
type Shape = Unweighted<OwnModel>;

const headOf = ({ head, head_size, head_bias }: RawArray, at: string): LayerArray['head'] => {
  if (head) return { outChannels: head.out_channels, kernelSize: head.kernel_size ?? 1, bias: head.bias ?? false };
  if (head_size === undefined) throw audioRefusal('nam.schema', `${at}: head or head_size is missing`);
  return { outChannels: head_size, kernelSize: 1, bias: head_bias ?? false };
};

function arrayOf(raw: RawArray, at: string): LayerArray {
  const head = headOf(raw, at);
  const { kernel_sizes, kernel_size, activation } = raw;
  if (!kernel_sizes && kernel_size === undefined) throw audioRefusal('nam.schema', `${at}: kernel_size is missing`);
  const layers = raw.dilations.map((dilation, i) => ({
    kernelSize: kernel_sizes?.[i] ?? kernel_size ?? 0,
    dilation,
    activation: activationOf(Array.isArray(activation) ? (activation[i] ?? 'none') : activation),
  }));
  return { inputSize: raw.input_size, channels: raw.channels, layers, head };
}

function waveNet(config: RawWaveNet): Unweighted<WaveNetModel> {
  requireInteger(config.layers.length, 'layers', [1, 8]);
  config.layers.forEach((raw, i) => checkRawArray(raw, `layers.${i}`));
  const arrays = config.layers.map((raw, i) => arrayOf(raw, `layers.${i}`));
  checkArrays(arrays);
  const generation = config.layers.some(({ head, kernel_sizes }) => head || kernel_sizes) ? 2 : 1;
  return { architecture: 'WaveNet', generation, arrays };
}

function lstm(config: unknown): Unweighted<LstmModel> {
  const { input_size, hidden_size, num_layers } = parsePart(lstmConfig, config, 'config');
  requireInteger(input_size, 'input_size', [1, 1]);
  const hiddenSize = requireInteger(hidden_size, 'hidden_size', [1, 128]);
  return { architecture: 'LSTM', hiddenSize, layerCount: requireInteger(num_layers, 'num_layers', [1, 4]) };
}

function sampleRateOf(declared: number | undefined): number {
  const rate = declared ?? 48_000;
  if (!RATES.includes(rate))
    throw audioRefusal('nam.sample_rate', `${rate} Hz is not played: ${RATES.join(', ')} Hz are`);
  return rate;
}

function weightsOf(raw: readonly unknown[]): Float32Array {
  if (raw.length > MOST_WEIGHTS)
    throw audioRefusal('nam.weights', `${raw.length} weights: at most ${MOST_WEIGHTS}`, { limit: MOST_WEIGHTS });
  const weights = new Float32Array(raw.length);
  for (let i = 0; i < raw.length; i++) {
    const value = raw[i];
    if (typeof value !== 'number' || !Number.isFinite(Math.fround(value)))
      throw audioRefusal('nam.weights', `weight ${i} is no finite number`);
    weights[i] = value;
  }
  return weights;
}

/** @throws `nam.weights` */
function countedWeights(raw: readonly unknown[], expected: number): Float32Array {
  const weights = weightsOf(raw);
  if (weights.length !== expected)
    throw audioRefusal('nam.weights', `${weights.length} weights: this shape has ${expected}`, { limit: expected });
  return weights;
}

function ownModel(file: RawFile, shape: Shape): OwnModel {
  const { version } = file;
  const model = { ...shape, version, sampleRate: sampleRateOf(file.sample_rate), weights: new Float32Array(0) };
  return { ...model, weights: countedWeights(file.weights, weightCount(model)) };
}

function foreignModel(file: RawFile, reason: string): ForeignModel {
  const shape = foreignShape(file);
  const { layerCount, receptiveField, count } = shape;
  const sampleRate = sampleRateOf(file.sample_rate);
  return {
    architecture: 'ForeignWaveNet',
    version: file.version,
    sampleRate,
    reason,
    layerCount,
    receptiveField,
    ops: opsOf(shape),
    text: foreignText({ shape, file, sampleRate }, countedWeights),
    weights: countedWeights(file.weights, count.stored),
  };
}

function modelOf(file: RawFile): NamModel {
  const { architecture, config } = file;
  if (architecture === 'LSTM') return ownModel(file, lstm(config));
  if (architecture !== 'WaveNet')
    throw audioRefusal('nam.architecture', `${architecture.slice(0, 40)} is not played: WaveNet and LSTM are`);
  const raw = parsePart(waveNetConfig, config, 'config');
  const reason = foreignPart(raw);
  return reason === undefined ? ownModel(file, waveNet(raw)) : foreignModel(file, reason);
}

/** The last submodel is the full one; the product plays no other. */
function fullModel(container: RawFile): RawFile {
  const { submodels } = parsePart(containerConfig, container.config, 'config');
  requireInteger(submodels.length, 'submodels', [1, 8]);
  const values = submodels.map(({ max_value }) => max_value);
  const last = submodels[submodels.length - 1];
  if (values.some((value, i) => i > 0 && value <= values[i - 1]) || last.max_value < 1)
    throw audioRefusal('nam.bounds', 'the submodels must ascend to 1');
  const full = parseInner(last.model, container, 'config.submodels');
  if (full.architecture === 'SlimmableContainer')
    throw audioRefusal('nam.bounds', 'a container holds no other container');
  return full;
}

/**
 * Reads a .nam file: JSON, schema, version, architecture, bounds, sample rate, weights; the first failure wins.
 * A SlimmableContainer is its last submodel.
 * @throws `nam.too_large`, `nam.not_json`, `nam.schema`, `nam.version`, `nam.architecture`, `nam.bounds`,
 * `nam.sample_rate`, `nam.weights`
 */
export function parseNam(bytes: Uint8Array): NamModel {
  const file = parseFile(parseJson(bytes));
  requireFewValues(file.config);
  checkVersion(file.version);
  return modelOf(file.architecture === 'SlimmableContainer' ? fullModel(file) : file);
}
