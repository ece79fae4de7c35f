/** Activation of a WaveNet layer; `slope` applies below zero (ReLU has 0), null for tanh. */
export type Activation = Readonly<{ kind: 'Tanh' | 'ReLU' | 'LeakyReLU'; slope: number }>;
export type Layer = Readonly<{ kernelSize: number; dilation: number; activation: Activation }>;
export type Head = Readonly<{ outChannels: number; kernelSize: number; bias: boolean }>;
/** One array of dilated layers with its head, as audio.md §4.1 names them. */
export type LayerArray = Readonly<{ inputSize: number; channels: number; layers: readonly Layer[]; head: Head }>;

type Common = Readonly<{
  /** Version text of the file. */
  version: string;
  /** Hz; 48 000 where the file says nothing. */
  sampleRate: number;
  /** Rounded to float32. */
  weights: Float32Array;
}>;
export type WaveNetModel = Common &
  Readonly<{ architecture: 'WaveNet'; generation: 1 | 2; arrays: readonly LayerArray[] }>;
export type LstmModel = Common & Readonly<{ architecture: 'LSTM'; hiddenSize: number; layerCount: number }>;

/** What the own engine and the oracle play. */
export type OwnModel = WaveNetModel | LstmModel;
/** A WaveNet with parts that only the compatibility engine has: gates, FiLM, a condition, a bottleneck, … */
export type ForeignModel = Common &
  Readonly<{
    architecture: 'ForeignWaveNet';
    /** The first part that the own engine does not have, for people. */
    reason: string;
    /** The file as the engine reads it: written anew of checked fields, every default spelled out. */
    text: string;
    layerCount: number;
    receptiveField: number;
    /** Multiplications a sample. */
    ops: number;
  }>;

/** A capture that passed every check of audio.md §5 but the probe. */
export type NamModel = OwnModel | ForeignModel;

/** Numbers that the file must bring, by the shape alone. */
export function weightCount(model: OwnModel): number {
  if (model.architecture === 'WaveNet') return model.arrays.reduce((sum, array) => sum + arrayWeights(array), 1);
  const { hiddenSize: h, layerCount } = model;
  const cell = (input: number) => 4 * h * (input + h) + 6 * h;
  return cell(1) + (layerCount - 1) * cell(h) + h + 1;
}

function arrayWeights({ channels: c, inputSize, layers, head }: LayerArray): number {
  const inLayers = layers.reduce((sum, { kernelSize }) => sum + c * c * kernelSize + c * c + 3 * c, 0);
  return c * inputSize + inLayers + head.outChannels * c * head.kernelSize + (head.bias ? head.outChannels : 0);
}

/** Samples that one output sample depends on; null where the memory has no end (LSTM). */
export function receptiveFieldOf(arrays: readonly LayerArray[]): number {
  const heard = (array: LayerArray) =>
    array.layers.reduce((sum, { kernelSize, dilation }) => sum + (kernelSize - 1) * dilation, 0) +
    array.head.kernelSize -
    1;
  return arrays.reduce((sum, array) => sum + heard(array), 1);
}
