import { type Rows } from './layout';

/** 32-bit words of one operation; `assembly/kernel.ts` reads them at these places. */
export const WORDS = 20;

/** Where rows begin and how far apart they are; `perFrame` is 0 for rows that hold one window only. */
type Place = Readonly<{ at: number; stride: number; perFrame: number }>;
const place = ({ at, stride, window }: Rows): Place => ({ at, stride, perFrame: window ? 0 : 4 });

/** output = bias + (residual | mix · condition) + Σ taps Σ inputs; addresses in bytes, 0 for none. */
export type Convolve = Readonly<{
  kind: 'convolve';
  /** Output rows of a group: 1 to 4. */
  tile: number;
  inputs: number;
  groups: number;
  taps: number;
  dilation: number;
  from: Rows;
  to: Rows;
  weights: number;
  bias: number;
  mix?: number;
  condition?: Rows;
  residual?: Rows;
}>;
/** Activation in place, then head += rows, or head = rows in the `first` layer. */
export type Bend = Readonly<{
  kind: 'bend';
  rows: Rows;
  channels: number;
  curve: 'tanh' | 'leak' | 'slope';
  slope: number;
  head: Rows;
  first: boolean;
}>;
/** Moves `bytes` that end with the last valid frame to the front of each row. */
export type Shift = Readonly<{
  kind: 'shift';
  rows: number;
  bytes: number;
  front: number;
  stride: number;
  perFrame: number;
}>;
/** `hidden` holds h of the frame before, then of each frame; `input` has one line a frame. */
export type LstmLayer = Readonly<{
  kind: 'lstmLayer';
  inputs: number;
  units: number;
  groups: number;
  input: Place;
  weights: number;
  bias: number;
  cells: number;
  hidden: number;
}>;
export type LstmHead = Readonly<{
  kind: 'lstmHead';
  units: number;
  weights: number;
  bias: number;
  hidden: Place;
  to: Rows;
}>;
export type Operation = Convolve | Bend | Shift | LstmLayer | LstmHead;

const CURVES = { tanh: 0, leak: 1, slope: 2 } as const;
const bits = (value: number): number => new Int32Array(Float32Array.of(value).buffer)[0];

function convolveWords(op: Convolve): readonly number[] {
  const [from, to] = [place(op.from), place(op.to)];
  const { condition, residual } = op;
  const head = [0, op.tile, op.inputs, op.groups, op.taps, op.dilation, from.at, from.stride, from.perFrame];
  const start = [op.weights, op.bias, op.mix ?? 0, condition?.at ?? 0, residual?.at ?? 0, residual?.stride ?? 0];
  return [...head, ...start, to.at, to.stride, to.perFrame];
}

function bendWords({ rows, channels, curve, slope, head, first }: Bend): readonly number[] {
  return [1, channels, CURVES[curve], bits(slope), rows.at, rows.stride, head.at, head.stride, first ? 1 : 0];
}

function wordsOf(op: Operation): readonly number[] {
  switch (op.kind) {
    case 'convolve':
      return convolveWords(op);
    case 'bend':
      return bendWords(op);
    case 'shift':
      return [2, op.rows, op.bytes, op.front, op.stride, op.perFrame];
    case 'lstmLayer': {
      const { inputs, units, groups, input, weights, bias, cells, hidden } = op;
      return [3, inputs, units, groups, input.at, input.stride, weights, bias, cells, hidden];
    }
    case 'lstmHead':
      return [4, op.units, op.weights, op.bias, op.hidden.at, op.hidden.stride, op.to.at];
  }
}

/** The operations as the kernel reads them. */
export function encode(operations: readonly Operation[]): Int32Array {
  const words = new Int32Array(operations.length * WORDS);
  operations.forEach((op, i) => words.set(wordsOf(op), i * WORDS));
  return words;
}
