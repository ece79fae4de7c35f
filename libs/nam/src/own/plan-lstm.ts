import { type LstmModel } from '../model';
import { type Layout, type Rows, upTo } from './layout';
import { type LstmLayer, type Operation, type Shift } from './program';

export type LstmParts = Readonly<{
  operations: readonly Operation[];
  shifts: readonly Shift[];
  input: Rows;
  output: Rows;
}>;

type Cell = Readonly<{ inputs: number; units: number; matrix: Float32Array; bias: Float32Array }>;

/** [group of four units][input, then bias][gate i, f, g, o][4 units]; units beyond the model's stay zero. */
function packedCell({ inputs, units, matrix, bias }: Cell): Readonly<{ weights: Float32Array; biases: Float32Array }> {
  const columns = inputs + units;
  const weights = new Float32Array(upTo(units, 4) * 4 * columns);
  const biases = new Float32Array(upTo(units, 4) * 4);
  for (let gate = 0; gate < 4; gate++)
    for (let u = 0; u < units; u++) {
      const [row, group, lane] = [gate * units + u, u >> 2, u & 3];
      for (let j = 0; j < columns; j++)
        weights[((group * columns + j) * 4 + gate) * 4 + lane] = matrix[row * columns + j];
      biases[(group * 4 + gate) * 4 + lane] = bias[row];
    }
  return { weights, biases };
}

/** One line of four-unit groups a frame, and before them the one of the frame before. */
type Lines = Readonly<{ at: number; bytes: number }>;

/**
 * Lays out an LSTM of `frames` a block. The stored state lies among the constants, so that every render starts from it.
 */
export function planLstm(layout: Layout, model: LstmModel, frames: number): LstmParts {
  const { hiddenSize: units, layerCount, weights } = model;
  const [input, output] = [layout.rows({ channels: 1, frames }), layout.rows({ channels: 1, frames })];
  let read = 0;
  const take = (count: number) => weights.subarray(read, (read += count));
  const width = upTo(units, 4);
  const lines = (state: Float32Array): Lines => {
    const values = new Float32Array((frames + 1) * width);
    values.set(state);
    return { at: layout.constants(values), bytes: width * 4 };
  };
  let below = { at: input.at, stride: 4, perFrame: 4 };
  const layers = Array.from({ length: layerCount }, (_, layer): LstmLayer => {
    const inputs = layer === 0 ? 1 : units;
    const matrix = take(4 * units * (inputs + units));
    const { weights: packed, biases } = packedCell({ inputs, units, matrix, bias: take(4 * units) });
    const hidden = lines(take(units));
    const common = { inputs, units, groups: width / 4, input: below, hidden: hidden.at } as const;
    below = { at: hidden.at + hidden.bytes, stride: hidden.bytes, perFrame: hidden.bytes };
    const addresses = { weights: layout.constants(packed), bias: layout.constants(biases) };
    return { kind: 'lstmLayer', ...common, ...addresses, cells: layout.vector(take(units)) };
  });
  const headWeights = layout.vector(take(units));
  const head = { units, weights: headWeights, bias: layout.vector(take(1)), hidden: below, to: output };
  const shifts = layers.map(({ hidden }): Shift => {
    const bytes = width * 4;
    return { kind: 'shift', rows: 1, bytes, front: hidden, stride: 0, perFrame: bytes };
  });
  return { operations: [...layers, { kind: 'lstmHead', ...head }], shifts, input, output };
}
