import { type Activation, type LayerArray, type OwnModel } from './model';

/** What the definition looks at in a file; nothing is checked here, that is parseNam's work. */
type Curve = string | Readonly<{ type: string; negative_slope?: number | null }>;
type Array1 = Readonly<{
  input_size: number;
  channels: number;
  dilations: readonly number[];
  kernel_size?: number;
  kernel_sizes?: readonly number[];
  activation: Curve | readonly Curve[];
  head?: Readonly<{ out_channels: number; kernel_size?: number | null; bias?: boolean | null }> | null;
  head_size?: number;
  head_bias?: boolean | null;
}>;
type File = Readonly<{
  version: string;
  architecture: string;
  weights: readonly number[];
  sample_rate?: number | null;
  config: Readonly<{
    layers?: readonly Array1[];
    hidden_size?: number;
    num_layers?: number;
    submodels?: readonly Readonly<{ model: Partial<File> }>[];
  }>;
}>;

function curveOf(raw: Curve): Activation {
  const [type, slope] = typeof raw === 'string' ? [raw, null] : [raw.type, raw.negative_slope];
  if (type === 'Tanh') return { kind: type, slope: 0 };
  if (type === 'ReLU') return { kind: type, slope: 0 };
  if (type === 'LeakyReLU') return { kind: type, slope: slope ?? 0.01 };
  throw new RangeError(`the definition has no activation ${type}`);
}

function arrayOf(raw: Array1): LayerArray {
  const { input_size: inputSize, channels, dilations, activation, head } = raw;
  const curves: readonly Curve[] = Array.isArray(activation) ? activation : dilations.map(() => activation as Curve);
  const layers = curves.map((curve, l) => ({
    kernelSize: raw.kernel_sizes?.[l] ?? raw.kernel_size ?? NaN,
    dilation: dilations[l],
    activation: curveOf(curve),
  }));
  if (!head) {
    const first = { outChannels: raw.head_size ?? NaN, kernelSize: 1, bias: raw.head_bias === true };
    return { inputSize, channels, layers, head: first };
  }
  const second = { outChannels: head.out_channels, kernelSize: head.kernel_size ?? 1, bias: head.bias === true };
  return { inputSize, channels, layers, head: second };
}

/** A container is its last submodel, which may leave version and rate to it. */
function fullFile(bytes: Uint8Array): File {
  const outer = JSON.parse(new TextDecoder().decode(bytes)) as File;
  return { ...outer, ...outer.config.submodels?.at(-1)?.model };
}

/**
 * The definition's own reading of a file, which shares no line with parser and planner: what one of them takes
 * wrongly must not cancel out in a comparison.
 * @param bytes a file that parseNam accepts
 * @see audio.md §4.6
 */
export function readForOracle(bytes: Uint8Array): OwnModel {
  const { version, architecture, config, sample_rate: rate, weights } = fullFile(bytes);
  const { layers = [], hidden_size: hiddenSize = NaN, num_layers: layerCount = NaN } = config;
  const common = { version, sampleRate: rate ?? 48_000, weights: Float32Array.from(weights) };
  if (architecture === 'LSTM') return { ...common, architecture, hiddenSize, layerCount };
  if (architecture !== 'WaveNet') throw new RangeError(`the definition has no ${architecture}`);
  const generation = layers.some(({ head }) => head) ? 2 : 1;
  return { ...common, architecture, generation, arrays: layers.map(arrayOf) };
}
