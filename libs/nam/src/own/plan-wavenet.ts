import { type Activation, type LayerArray, type WaveNetModel } from '../model';
import { type Layout, type Rows, upTo } from './layout';
import { type Bend, type Convolve, type Operation, type Shift } from './program';

/** Frames that the kernel passes through all layers at once: as in `assembly/kernel.ts`. */
const WINDOW = 384;

type ArrayRows = Readonly<{
  /** Input of each layer. */
  layers: readonly Rows[];
  /** What the last layer leaves for the next array. */
  left: Rows;
  bent: Rows;
  head: Rows;
}>;
type Net = Readonly<{ layout: Layout; take: (count: number) => Float32Array; input: Rows }>;
export type WaveNetParts = Readonly<{
  operations: readonly Operation[];
  shifts: readonly Shift[];
  input: Rows;
  output: Rows;
}>;

/** Reads the weights one after another, in the order of audio.md §4.1. */
function reader(weights: Float32Array): (count: number) => Float32Array {
  let at = 0;
  return (count) => weights.subarray(at, (at += count));
}

function rowsOf(layout: Layout, { channels, layers, head }: LayerArray, frames: number): ArrayRows {
  const row = (history: number) => layout.rows({ channels, frames, history });
  return {
    layers: layers.map(({ kernelSize, dilation }) => row((kernelSize - 1) * dilation)),
    left: row(0),
    bent: layout.rows({ channels, frames: WINDOW, window: true }),
    head: row(head.kernelSize - 1),
  };
}

/** Rows that the kernel sums at once: the most that leave none empty. */
const tileOf = (outputs: number): number => [3, 4, 2].find((rows) => outputs % rows === 0) ?? (outputs > 4 ? 4 : 1);

type Matrix = Readonly<{ outputs: number; inputs: number; taps: number }>;
/** From (output, input, tap) to [group of `tile` outputs][tap][input][output], so that the kernel reads on and on. */
function packed(values: Float32Array, { outputs, inputs, taps, tile }: Matrix & { tile: number }): Float32Array {
  const out = new Float32Array(upTo(outputs, tile) * taps * inputs);
  for (let o = 0; o < outputs; o++)
    for (let i = 0; i < inputs; i++)
      for (let k = 0; k < taps; k++)
        out[((Math.floor(o / tile) * taps + k) * inputs + i) * tile + (o % tile)] = values[(o * inputs + i) * taps + k];
  return out;
}

type Sum = Pick<Convolve, 'from' | 'to'> & Partial<Pick<Convolve, 'dilation' | 'mix' | 'condition' | 'residual'>>;
type Numbers = Matrix & Readonly<{ weights: Float32Array; bias: Float32Array }>;
function convolveOp({ layout }: Net, { weights, bias, ...matrix }: Numbers, sum: Sum): Convolve {
  const tile = tileOf(matrix.outputs);
  return {
    kind: 'convolve',
    ...matrix,
    tile,
    groups: Math.ceil(matrix.outputs / tile),
    dilation: 1,
    weights: layout.constants(packed(weights, { ...matrix, tile })),
    bias: layout.vector(bias),
    ...sum,
  };
}

/** pmax(x, slope·x) is the leak only where the slope lies in 0..1. */
function curveOf({ kind, slope }: Activation): Pick<Bend, 'curve' | 'slope'> {
  if (kind === 'Tanh') return { curve: 'tanh', slope: 0 };
  return { curve: slope >= 0 && slope <= 1 ? 'leak' : 'slope', slope };
}

type Arriving = Readonly<{ main: Rows; first: boolean; last: boolean; headTo: Rows; headScale: number }>;

function layerOps(net: Net, array: LayerArray, place: ArrayRows & { index: number; first: boolean; unheard: boolean }) {
  const { index, bent, head, first, unheard } = place;
  const { channels: c, layers } = array;
  const { kernelSize: taps, dilation, activation } = layers[index];
  const from = place.layers[index];
  const square = { outputs: c, inputs: c };
  const { take, layout, input } = net;
  const [weights, bias] = [take(c * c * taps), take(c)];
  const sum = { from, to: bent, dilation, mix: layout.vector(take(c)), condition: input };
  const bend: Bend = {
    kind: 'bend',
    rows: bent,
    channels: c,
    ...curveOf(activation),
    head,
    first: first && index === 0,
  };
  const mixing = { ...square, taps: 1, weights: take(c * c), bias: take(c) };
  const residual = { from: bent, to: place.layers[index + 1] ?? place.left, residual: from };
  const taken = convolveOp(net, { ...square, taps, weights, bias }, sum);
  return unheard ? [taken, bend] : [taken, bend, convolveOp(net, mixing, residual)];
}

function arrayOps(net: Net, array: LayerArray, place: ArrayRows & Arriving): readonly Operation[] {
  const { channels: c, inputSize, layers, head } = array;
  const { take } = net;
  const entry = { outputs: c, inputs: inputSize, taps: 1, weights: take(c * inputSize), bias: new Float32Array(c) };
  const opening = convolveOp(net, entry, { from: place.main, to: place.layers[0] });
  const body = layers.flatMap((_, index) =>
    // Nobody hears what the very last layer leaves beside its head.
    layerOps(net, array, { ...place, index, unheard: place.last && index === layers.length - 1 }),
  );
  const matrix = { outputs: head.outChannels, inputs: c, taps: head.kernelSize };
  const weights = take(head.outChannels * c * head.kernelSize).map((w) => w * place.headScale);
  const bias = (head.bias ? take(head.outChannels) : new Float32Array(head.outChannels)).map(
    (b) => b * place.headScale,
  );
  return [opening, ...body, convolveOp(net, { ...matrix, weights, bias }, { from: place.head, to: place.headTo })];
}

const shiftOf = ({ at, stride, channels, history }: Rows): Shift => ({
  kind: 'shift',
  rows: channels,
  bytes: history,
  front: at - history,
  stride,
  perFrame: 4,
});

/** Lays out memory and operations of one block of `frames`; the head scale is worked into the last head's weights. */
export function planWaveNet(layout: Layout, { arrays, weights }: WaveNetModel, frames: number): WaveNetParts {
  const input = layout.rows({ channels: 1, frames });
  const output = layout.rows({ channels: 1, frames });
  const places = arrays.map((array) => rowsOf(layout, array, frames));
  const net = { layout, take: reader(weights), input };
  const scale = weights[weights.length - 1];
  const operations = arrays.flatMap((array, j) => {
    const next = places[j + 1];
    const arriving = {
      main: places[j - 1]?.left ?? input,
      first: j === 0,
      last: next === undefined,
      headTo: next?.head ?? output,
      headScale: next === undefined ? scale : 1,
    };
    return arrayOps(net, array, { ...places[j], ...arriving });
  });
  const kept = places.flatMap(({ layers, head }) => [...layers, head]).filter(({ history }) => history > 0);
  return { operations, shifts: kept.map(shiftOf), input, output };
}
