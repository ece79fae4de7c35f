import { type LayerArray, type WaveNetModel } from './model';
import {
  addRows,
  type Bend,
  type Convolution,
  convolveRows,
  leakRows,
  type Residual,
  type Seed,
  seedResidual,
  seedRows,
  shiftRows,
  tanhRows,
} from './oracle-kernel';
import { MemoryPlan, type Rows } from './oracle-memory';

type LayerPlan = Readonly<{
  seed: Seed;
  taps: Convolution;
  bend: Bend;
  tanh: boolean;
  toHead: Readonly<{ output: Rows; input: Rows }>;
  residual: Residual;
  mixing: Convolution;
}>;
type ArrayPlan = Readonly<{
  entry: Convolution;
  headIn: Readonly<{ output: Rows; input: Rows }> | null;
  head: Rows;
  layers: readonly LayerPlan[];
  headSeed: Seed;
  headTaps: Convolution;
  kept: readonly Rows[];
}>;
export type WaveNetPlan = Readonly<{
  kind: 'WaveNet';
  block: number;
  receptiveField: number;
  memory: MemoryPlan;
  input: Rows;
  arrays: readonly ArrayPlan[];
  output: Rows;
  scale: number;
}>;

/** Reads the weights one after another, in the order of audio.md §4.1. */
function reader(weights: Float32Array): (count: number) => Float32Array {
  let at = 0;
  return (count) => weights.subarray(at, (at += count));
}

type Place = Readonly<{ memory: MemoryPlan; take: (count: number) => Float32Array; input: Rows }>;
type Arriving = Readonly<{ main: Rows; headIn: Rows | null }>;
type LayerPlace = Readonly<{ channels: number; rows: readonly Rows[]; act: Rows; head: Rows }>;

const noBias = (output: Rows): Seed => ({ output, bias: -1, mix: -1, condition: 0 });

function planLayer(
  { memory, take, input }: Place,
  array: LayerArray,
  place: LayerPlace & { index: number },
): LayerPlan {
  const { channels: c, rows, act, head, index } = place;
  const { kernelSize: taps, dilation, activation } = array.layers[index];
  const weights = memory.matrix(take(c * c * taps), { outputs: c, inputs: c, taps });
  const bias = memory.vector(take(c));
  const mix = memory.vector(take(c));
  const mixing = memory.matrix(take(c * c), { outputs: c, inputs: c, taps: 1 });
  return {
    seed: { output: act, bias, mix, condition: input.at },
    taps: { weights, dilation, input: rows[index], output: act },
    bend: { rows: act, channels: c, slope: activation.slope },
    tanh: activation.kind === 'Tanh',
    toHead: { output: head, input: act },
    residual: { output: rows[index + 1], input: rows[index], bias: memory.vector(take(c)) },
    mixing: { weights: mixing, dilation: 1, input: act, output: rows[index + 1] },
  };
}

function planArray(place: Place, array: LayerArray, { main, headIn }: Arriving): ArrayPlan {
  const { memory, take } = place;
  const { channels: c, inputSize, layers, head: shape } = array;
  const entryWeights = memory.matrix(take(c * inputSize), { outputs: c, inputs: inputSize, taps: 1 });
  const kept = layers.map(({ kernelSize, dilation }) => memory.rows(c, (kernelSize - 1) * dilation));
  const head = memory.rows(c, shape.kernelSize - 1);
  const rows = [...kept, memory.rows(c)];
  const common = { channels: c, rows, act: memory.rows(c), head };
  const planned = layers.map((_, index) => planLayer(place, array, { ...common, index }));
  const size = { outputs: shape.outChannels, inputs: c, taps: shape.kernelSize };
  const headWeights = memory.matrix(take(shape.outChannels * c * shape.kernelSize), size);
  const bias = shape.bias ? memory.vector(take(shape.outChannels)) : -1;
  const output = memory.rows(shape.outChannels);
  return {
    entry: { weights: entryWeights, dilation: 1, input: main, output: rows[0] },
    headIn: headIn && { output: head, input: headIn },
    head,
    layers: planned,
    headSeed: { ...noBias(output), bias },
    headTaps: { weights: headWeights, dilation: 1, input: head, output },
    kept: [...kept, head].filter(({ history }) => history > 0),
  };
}

/** Frames that one frame of output depends on. */
function heardBy(arrays: readonly LayerArray[]): number {
  const reaches = arrays.flatMap(({ layers, head }) => [
    ...layers.map(({ kernelSize, dilation }) => (kernelSize - 1) * dilation),
    head.kernelSize - 1,
  ]);
  return reaches.reduce((sum, reach) => sum + reach, 1);
}

/** Cuts the weights and lays out the memory; blocks grow with the history that has to be moved. */
export function planWaveNet(model: WaveNetModel): WaveNetPlan {
  const receptiveField = heardBy(model.arrays);
  const block = receptiveField > 8192 ? 2048 : 512;
  const memory = new MemoryPlan(block);
  const take = reader(model.weights);
  const input = memory.rows(1);
  const arrays: ArrayPlan[] = [];
  let arriving: Arriving = { main: input, headIn: null };
  for (const array of model.arrays) {
    const planned = planArray({ memory, take, input }, array, arriving);
    arrays.push(planned);
    arriving = { main: planned.layers[planned.layers.length - 1].mixing.output, headIn: planned.headTaps.output };
  }
  const output = arrays[arrays.length - 1].headTaps.output;
  return { kind: 'WaveNet', block, receptiveField, memory, input, arrays, output, scale: take(1)[0] };
}

type Tanh = (x: number) => number;

function runLayer(m: Float64Array, layer: LayerPlan, { block, tanh }: { block: number; tanh: Tanh }): void {
  seedRows(m, layer.seed, block);
  convolveRows(m, layer.taps, block);
  if (layer.tanh) tanhRows(m, layer.bend, tanh);
  else leakRows(m, layer.bend);
  addRows(m, layer.toHead, block);
  seedResidual(m, layer.residual, block);
  convolveRows(m, layer.mixing, block);
}

function runBlock(m: Float64Array, { arrays, block }: WaveNetPlan, tanh: Tanh): void {
  for (const array of arrays) {
    seedRows(m, noBias(array.entry.output), block);
    convolveRows(m, array.entry, block);
    seedRows(m, noBias(array.head), block);
    if (array.headIn) addRows(m, array.headIn, block);
    for (const layer of array.layers) runLayer(m, layer, { block, tanh });
    seedRows(m, array.headSeed, block);
    convolveRows(m, array.headTaps, block);
    for (const rows of array.kept) shiftRows(m, rows);
  }
}

export type Span = Readonly<{ start: number; end: number }>;

/**
 * Renders [start, end) of x block by block and yields the frames done. The model has heard what came before
 * `start`, and zeros before sample 0, for at least its receptive field.
 */
export function* waveNetSteps(
  plan: WaveNetPlan,
  x: Float32Array,
  { start, end, tanh }: Span & { tanh: Tanh },
): Generator<number, Float32Array> {
  const { block, input, output, scale } = plan;
  const m = plan.memory.create();
  const y = new Float32Array(end - start);
  const before = block * Math.ceil(plan.receptiveField / block);
  for (let at = start - before; at < end; at += block) {
    for (let t = 0; t < block; t++) m[input.at + t] = at + t >= 0 && at + t < x.length ? x[at + t] : 0;
    runBlock(m, plan, tanh);
    if (at >= start) for (let t = 0; t < block && at + t < end; t++) y[at - start + t] = scale * m[output.at + t];
    yield Math.max(0, Math.min(at + block, end) - start);
  }
  return y;
}
