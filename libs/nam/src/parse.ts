import { audioRefusal } from '@gts/audio';
import { activationOf, checkWaveNet } from './architecture';
import { checkArrays, checkRawArray, MOST_WEIGHTS, RATES, requireInteger } from './bounds';
import { parseJson } from './json';
import { type LayerArray, type LstmModel, type NamModel, type WaveNetModel, weightCount } from './model';
import {
  containerConfig,
  lstmConfig,
  parseFile,
  parsePart,
  parseSubmodel,
  type RawArray,
  type RawFile,
  type RawWaveNet,
  waveNetConfig,
} from './schema';

type Unweighted<M> = M extends NamModel ? Omit<M, 'version' | 'sampleRate' | 'weights'> : never;
type Shape = Unweighted<NamModel>;

function checkVersion(version: string): void {
  if (!/^0\.[567]\.\d{1,6}$/.test(version))
    throw audioRefusal('nam.version', `version ${version.slice(0, 20)} is not known: 0.5, 0.6 and 0.7 are read`);
}

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
  checkWaveNet(config);
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

function shapeOf({ architecture, config }: RawFile): Shape {
  if (architecture === 'WaveNet') return waveNet(parsePart(waveNetConfig, config, 'config'));
  if (architecture === 'LSTM') return lstm(config);
  throw audioRefusal('nam.architecture', `${architecture.slice(0, 40)} is not played: WaveNet and LSTM are`);
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

function modelOf(file: RawFile): NamModel {
  const shape = shapeOf(file);
  const model: NamModel = {
    ...shape,
    version: file.version,
    sampleRate: sampleRateOf(file.sample_rate),
    weights: weightsOf(file.weights),
  };
  const expected = weightCount(model);
  if (model.weights.length !== expected)
    throw audioRefusal('nam.weights', `${model.weights.length} weights: this shape has ${expected}`, {
      limit: expected,
    });
  return model;
}

/** The last submodel is the full one; the product plays no other. */
function fullModel(container: RawFile): RawFile {
  const { submodels } = parsePart(containerConfig, container.config, 'config');
  requireInteger(submodels.length, 'submodels', [1, 8]);
  const values = submodels.map(({ max_value }) => max_value);
  const last = submodels[submodels.length - 1];
  if (values.some((value, i) => i > 0 && value <= values[i - 1]) || last.max_value < 1)
    throw audioRefusal('nam.bounds', 'the submodels must ascend to 1');
  const full = parseSubmodel(last.model, container);
  checkVersion(full.version);
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
  checkVersion(file.version);
  return modelOf(file.architecture === 'SlimmableContainer' ? fullModel(file) : file);
}
