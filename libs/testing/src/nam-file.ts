/** mulberry32, written again so that generated files do not depend on the product. */
export function seeded(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A list of zeros. */
export const zeros = (length: number): number[] => Array.from({ length }, () => 0);

/** One layer array as a file writes it; A2 style with `head`, A1 style without. */
export type NamArray = Readonly<{
  channels: number;
  dilations: readonly number[];
  kernelSizes: number | readonly number[];
  activation?: unknown;
  outputs: number;
  headBias?: boolean;
  /** Present: written in the manner of A2. */
  headKernel?: number;
}>;
export type NamFile = Readonly<{
  version: string;
  architecture: string;
  config: Record<string, unknown>;
  weights: number[];
  sample_rate?: number;
}>;

type Draw = (count: number, fanIn: number) => number[];
function drawing(seed: number): Draw {
  const draw = seeded(seed);
  // Uniform with the standard deviation 0.6/√fan-in.
  return (count, fanIn) =>
    Array.from({ length: count }, () => Math.fround((2 * draw() - 1) * Math.sqrt(3) * (0.6 / Math.sqrt(fanIn))));
}

const kernelsOf = ({ kernelSizes, dilations }: NamArray): readonly number[] =>
  typeof kernelSizes === 'number' ? dilations.map(() => kernelSizes) : kernelSizes;

function weightsOfArray(array: NamArray, inputs: number, draw: Draw): number[] {
  const { channels: c, outputs, headKernel = 1, headBias = false } = array;
  const layers = kernelsOf(array).flatMap((k) => [
    ...draw(c * c * k, c * k),
    ...draw(c, 4),
    ...draw(c, 2),
    ...draw(c * c, c),
    ...draw(c, 16),
  ]);
  const head = draw(outputs * c * headKernel, c * headKernel);
  return [...draw(c * inputs, inputs), ...layers, ...head, ...(headBias ? draw(outputs, 16) : [])];
}

function configOfArray(array: NamArray, inputs: number): Record<string, unknown> {
  const { channels, dilations, activation = 'Tanh', outputs, headBias = false, headKernel } = array;
  const common = { input_size: inputs, condition_size: 1, channels, dilations, activation, gated: false };
  if (headKernel === undefined)
    return { ...common, kernel_size: kernelsOf(array)[0], head_size: outputs, head_bias: headBias };
  const head = { out_channels: outputs, kernel_size: headKernel, bias: headBias };
  return { ...common, kernel_sizes: [...kernelsOf(array)], head };
}

/** A WaveNet with seeded weights by the rules of audio.md §10. */
export function aWaveNet(seed: number, arrays: readonly NamArray[]): NamFile {
  const draw = drawing(seed);
  const inputsOf = (i: number) => arrays[i - 1]?.channels ?? 1;
  const weights = [...arrays.flatMap((array, i) => weightsOfArray(array, inputsOf(i), draw)), 0.3];
  const layers = arrays.map((array, i) => configOfArray(array, inputsOf(i)));
  return { version: '0.5.4', architecture: 'WaveNet', config: { layers, head: null, head_scale: 0.3 }, weights };
}

/** A capture that lets nothing through but what passes a threshold: max(0, x − threshold). */
export function peaksOnly(threshold: number): NamFile {
  const array = { channels: 1, dilations: [1], kernelSizes: 1, outputs: 1, activation: 'ReLU' };
  // Input, dilated convolution, its bias, the condition's share, the residual and its bias, head, scale.
  return { ...aWaveNet(1, [array]), weights: [1, 0, -threshold, 1, 0, 0, 1, 0.3] };
}

const long = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];
const short = [1, 2, 4, 8, 16, 32, 64];
const a1 = (size: number, half: number, [first, second]: readonly (readonly number[])[]): readonly NamArray[] => [
  { channels: size, dilations: first ?? [], kernelSizes: 3, outputs: half },
  { channels: half, dilations: second ?? [], kernelSizes: 3, outputs: 1, headBias: true },
];
const turns = [1, 3, 7, 17, 41, 101, 239];
const a2 = (channels: number): readonly NamArray[] => {
  const dilations = [...turns, ...turns, 1, 13, ...turns];
  const kernelSizes = dilations.map((_, i) => (i === 14 || i === 15 ? 15 : 6));
  const activation = { type: 'LeakyReLU', negative_slope: 0.01 };
  return [{ channels, dilations, kernelSizes, activation, outputs: 1, headBias: true, headKernel: 16 }];
};

/** The published shapes of audio.md §4.1. */
export const publishedShapes = {
  'A1 standard': a1(16, 8, [long, long]),
  'A1 lite': a1(12, 6, [short, [128, 256, 512, ...long]]),
  'A1 feather': a1(8, 4, [short, [128, 256, 512, ...long]]),
  'A1 nano': a1(4, 2, [short, [128, 256, 512, ...long]]),
  'A2 full': a2(8),
  'A2 lite': a2(3),
} as const;

/** Six times the work of the published shapes: what a test chooses to find a worker busy, on fast machines too. */
export const wideShape: readonly NamArray[] = [
  { channels: 48, dilations: long, kernelSizes: 3, outputs: 1, headBias: true },
];

/** An LSTM with seeded weights, uniform ±1/√H; its stored state is zero unless asked for. */
export function anLstm(seed: number, [hidden, layers]: readonly [number, number], withState = false): NamFile {
  const draw = seeded(seed);
  const some = (count: number) =>
    Array.from({ length: count }, () => Math.fround((2 * draw() - 1) / Math.sqrt(hidden)));
  const cell = (inputs: number) => [
    ...some(4 * hidden * (inputs + hidden) + 4 * hidden),
    ...(withState ? some(2 * hidden) : zeros(2 * hidden)),
  ];
  const cells = Array.from({ length: layers }, (_, i) => cell(i === 0 ? 1 : hidden)).flat();
  return {
    version: '0.5.4',
    architecture: 'LSTM',
    config: { input_size: 1, hidden_size: hidden, num_layers: layers },
    weights: [...cells, ...some(hidden + 1)],
  };
}

/**
 * A WaveNet of one array of 4 channels and two layers with 3 taps, changed by `part`; `weights` of them stand in the
 * file, because shapes that the generator does not know are counted by the test.
 */
export function aForeignWaveNet(part: Readonly<Record<string, unknown>>, weights: number): NamFile {
  const file = aWaveNet(61, [{ channels: 4, dilations: [1, 2], kernelSizes: 3, outputs: 1, headBias: true }]);
  const [layer] = file.config['layers'] as readonly Record<string, unknown>[];
  const draw = seeded(62);
  return {
    ...file,
    config: { ...file.config, layers: [{ ...layer, ...part }] },
    weights: Array.from({ length: weights }, () => Math.fround(0.6 * draw() - 0.3)),
  };
}

/** The file's bytes. */
export const namBytes = (file: unknown): Buffer => Buffer.from(JSON.stringify(file));
