import { audioRefusal } from '@gts/audio/browser';
import { notPlayed } from '../architecture';
import { MOST_RECEPTIVE, MOST_WEIGHTS, requireInteger } from '../bounds';
import { parseInner, parsePart, type RawFile } from '../schema';
import { checkBend, checkBends, writtenBend } from './activation';
import { type ForeignArray, foreignArrayOf, writtenArray } from './array';
import { type Count, countArray, countStack, sum } from './count';
import { foreignConfig, type PostHead, type RawForeign } from './schema';

type Written = Readonly<Record<string, unknown>>;
type Head = Readonly<{ written: Written | null; outputs: number; count: Count; heard: number }>;
/** What is known of a file before its weights are looked at. */
export type ForeignShape = Readonly<{
  config: Written;
  outputs: number;
  count: Count;
  layerCount: number;
  receptiveField: number;
  /** The model that listens to the input for the layers. */
  condition: Readonly<{ shape: ForeignShape; file: RawFile }> | undefined;
}>;

/**
 * Multiplications of one judgement: what the model hears first, then 0.6 s of probe. The engine does about one per
 * nanosecond and hears out what it must before it can be stopped, so this is seconds; a gated A1 standard takes 8e8.
 */
const MOST_WORK = 3e9;
const PROBED = 28_800;

const outOfBounds = (detail: string, limit?: number) =>
  audioRefusal('nam.bounds', detail, limit === undefined ? {} : { limit });

/** Everything that no engine has, in the whole file, before any number is judged. */
function checkArchitecture(raw: RawForeign): void {
  raw.layers.forEach(checkBends);
  if (raw.head) checkBend(raw.head.activation);
  if ((raw['in_channels'] ?? 1) !== 1) throw notPlayed('an input of several channels');
  const condition = raw.layers.find(({ condition_size }) => !raw.condition_dsp && condition_size !== 1);
  if (condition) throw notPlayed(`a condition of ${condition.condition_size} channels that nothing gives`);
}

function checkJoint(array: ForeignArray, before: ForeignArray | undefined, at: string): void {
  const expected = before?.channels ?? 1;
  if (array.inputs !== expected) throw outOfBounds(`${at}.input_size is ${array.inputs}, ${expected} arrive`);
  const given = before?.head.out_channels ?? array.channels;
  if (given !== array.channels)
    throw outOfBounds(`${at}.channels is ${array.channels}, the head before gives ${given}`);
  if (before && array.headInputs !== given)
    throw outOfBounds(`${at}: its head takes ${array.headInputs}, not ${given}`);
}

function headOf(head: PostHead | undefined, inputs: number): Head {
  if (!head) return { written: null, outputs: inputs, count: { stored: 0, dense: 0 }, heard: 0 };
  const { channels, out_channels: outputs, kernel_sizes: kernelSizes, activation } = head;
  requireInteger(kernelSizes.length, 'head.kernel_sizes', [1, 8]);
  for (const size of [channels, outputs, ...kernelSizes]) requireInteger(size, 'head: a size', [1, 64]);
  if ((head.in_channels ?? inputs) !== inputs) throw outOfBounds(`head.in_channels is not ${inputs}`);
  // One activation serves matrices of two widths: a slope for the wider one serves both.
  const written = writtenBend(activation, Math.max(inputs, channels));
  return {
    written: { channels, out_channels: outputs, kernel_sizes: kernelSizes, activation: written },
    outputs,
    count: countStack({ inputs, channels, outputs, kernelSizes }),
    heard: kernelSizes.reduce((total, size) => total + size - 1, 0),
  };
}

const heardBy = ({ kernelSizes, dilations, head }: ForeignArray): number =>
  kernelSizes.reduce((total, size, i) => total + (size - 1) * (dilations[i] ?? 0), head.kernel_size - 1);

function conditionOf(raw: RawForeign, outer: RawFile): ForeignShape['condition'] {
  if (!raw.condition_dsp) return undefined;
  const file = parseInner(raw.condition_dsp, outer, 'config.condition_dsp');
  if (file.architecture !== 'WaveNet') throw notPlayed('a conditioning model that is no WaveNet');
  const inner = parsePart(foreignConfig, file.config, 'config.condition_dsp.config');
  if (inner.condition_dsp) throw notPlayed('a conditioning model of a conditioning model');
  return { shape: shapeOf(inner, file), file };
}

function arraysOf(raw: RawForeign, given: number): readonly ForeignArray[] {
  requireInteger(raw.layers.length, 'layers', [1, 8]);
  const arrays = raw.layers.map((array, i) => foreignArrayOf(array, `layers.${i}`));
  arrays.forEach((array, i) => {
    checkJoint(array, arrays[i - 1], `layers.${i}`);
    if (array.condition !== given) throw outOfBounds(`layers.${i}.condition_size is not ${given}`);
  });
  return arrays;
}

/**
 * Judges everything but rates and weights of a WaveNet that the own engine declines.
 * @throws `nam.schema`, `nam.architecture`, `nam.bounds`
 */
function shapeOf(raw: RawForeign, file: RawFile): ForeignShape {
  checkArchitecture(raw);
  const condition = conditionOf(raw, file);
  const arrays = arraysOf(raw, condition?.shape.outputs ?? 1);
  const head = headOf(raw.head, arrays.at(-1)?.head.out_channels ?? 0);
  const one = { stored: 1, dense: 1 };
  const count = sum([...arrays.map(countArray), head.count, one]);
  const heard = arrays.reduce((total, array) => total + heardBy(array), 1 + head.heard);
  return {
    config: { layers: arrays.map(writtenArray), head: head.written, head_scale: 1, in_channels: 1 },
    outputs: head.outputs,
    count,
    layerCount: arrays.reduce((total, { dilations }) => total + dilations.length, 0),
    receptiveField: heard + (condition ? condition.shape.receptiveField - 1 : 0),
    condition,
  };
}

/** @throws `nam.schema`, `nam.architecture`, `nam.bounds` */
export function foreignShape(file: RawFile): ForeignShape {
  const shape = shapeOf(parsePart(foreignConfig, file.config, 'config'), file);
  if (shape.outputs !== 1) throw outOfBounds('the last head must give one channel');
  if (shape.receptiveField > MOST_RECEPTIVE)
    throw outOfBounds(`the receptive field is ${shape.receptiveField} samples`, MOST_RECEPTIVE);
  if (opsOf(shape) > MOST_WEIGHTS)
    throw outOfBounds(`${opsOf(shape)} numbers in its matrices: at most ${MOST_WEIGHTS}`, MOST_WEIGHTS);
  const work = opsOf(shape) * (shape.receptiveField + PROBED);
  if (work > MOST_WORK)
    throw outOfBounds('it is too large to play on the compatibility engine: fewer channels or a shorter memory');
  return shape;
}

export const opsOf = ({ count, condition }: ForeignShape): number =>
  count.dense + (condition ? opsOf(condition.shape) : 0);

type Weighted = Readonly<{ shape: ForeignShape; file: RawFile; sampleRate: number }>;
/** Takes the weights of one file: checked, float32, as many as `expected`. */
export type TakeWeights = (raw: readonly unknown[], expected: number) => Float32Array;

function written({ shape, file, sampleRate }: Weighted, take: TakeWeights): Written {
  const { condition, config, count } = shape;
  if ((file.sample_rate ?? sampleRate) !== sampleRate)
    throw audioRefusal('nam.sample_rate', 'the conditioning model has another sample rate');
  const inner = condition && written({ ...condition, sampleRate }, take);
  return {
    version: file.version,
    architecture: 'WaveNet',
    config: { ...config, ...(inner && { condition_dsp: inner }) },
    weights: Array.from(take(file.weights, count.stored)),
    sample_rate: sampleRate,
  };
}

/**
 * The file for the engine, written anew: only what was checked stands in it.
 * @throws `nam.weights`
 */
export const foreignText = (model: Weighted, take: TakeWeights): string => JSON.stringify(written(model, take));
