import { type Packed, type Rows } from './oracle-memory';

/** out += W * in over one block; `frames` is even. */
export type Convolution = Readonly<{ weights: Packed; dilation: number; input: Rows; output: Rows }>;

/**
 * Four outputs and two frames at a time: eight accumulators for six loads. Each output sample is one sum in the
 * order of taps, then inputs, so its bits depend neither on the block nor on its place in it.
 */
export function convolveRows(m: Float64Array, op: Convolution, frames: number): void {
  const { at, groups, taps, inputs } = op.weights;
  const [from, stride] = [op.input.at, op.input.stride];
  const d = op.dilation;
  const row = op.output.stride;
  for (let g = 0; g < groups; g++) {
    const weights = at + g * taps * inputs * 4;
    const out = op.output.at + g * 4 * row;
    for (let t = 0; t < frames; t += 2) {
      const q0 = out + t;
      const q1 = q0 + row;
      const q2 = q1 + row;
      const q3 = q2 + row;
      let a0 = m[q0];
      let b0 = m[q0 + 1];
      let a1 = m[q1];
      let b1 = m[q1 + 1];
      let a2 = m[q2];
      let b2 = m[q2 + 1];
      let a3 = m[q3];
      let b3 = m[q3 + 1];
      let w = weights;
      for (let k = taps - 1; k >= 0; k--) {
        let p = from + t - k * d;
        for (let i = 0; i < inputs; i++) {
          const x = m[p];
          const y = m[p + 1];
          a0 += m[w] * x;
          b0 += m[w] * y;
          a1 += m[w + 1] * x;
          b1 += m[w + 1] * y;
          a2 += m[w + 2] * x;
          b2 += m[w + 2] * y;
          a3 += m[w + 3] * x;
          b3 += m[w + 3] * y;
          p += stride;
          w += 4;
        }
      }
      m[q0] = a0;
      m[q0 + 1] = b0;
      m[q1] = a1;
      m[q1 + 1] = b1;
      m[q2] = a2;
      m[q2 + 1] = b2;
      m[q3] = a3;
      m[q3 + 1] = b3;
    }
  }
}

/** rows = bias + mix · condition; −1 stands for no bias or no mix. */
export type Seed = Readonly<{ output: Rows; bias: number; mix: number; condition: number }>;
export function seedRows(m: Float64Array, { output, bias, mix, condition }: Seed, frames: number): void {
  for (let r = 0; r < output.rows; r++) {
    const out = output.at + r * output.stride;
    const b = bias < 0 ? 0 : m[bias + r];
    const v = mix < 0 ? 0 : m[mix + r];
    if (v === 0) m.fill(b, out, out + frames);
    else for (let t = 0; t < frames; t++) m[out + t] = b + v * m[condition + t];
  }
}

/** rows = other rows + bias. */
export type Residual = Readonly<{ output: Rows; input: Rows; bias: number }>;
export function seedResidual(m: Float64Array, { output, input, bias }: Residual, frames: number): void {
  for (let r = 0; r < output.rows; r++) {
    const out = output.at + r * output.stride;
    const from = input.at + r * input.stride;
    const b = m[bias + r];
    for (let t = 0; t < frames; t++) m[out + t] = m[from + t] + b;
  }
}

export function addRows(m: Float64Array, { output, input }: Readonly<{ output: Rows; input: Rows }>, frames: number) {
  for (let r = 0; r < output.rows; r++) {
    const out = output.at + r * output.stride;
    const from = input.at + r * input.stride;
    for (let t = 0; t < frames; t++) m[out + t] += m[from + t];
  }
}

/** Applies tanh to the first `channels` rows; the others are padding and stay zero. */
export type Bend = Readonly<{ rows: Rows; channels: number; slope: number }>;
export function tanhRows(m: Float64Array, { rows, channels }: Bend, tanh: (x: number) => number): void {
  const end = rows.at + channels * rows.stride;
  for (let i = rows.at; i < end; i++) m[i] = tanh(m[i]);
}

export function leakRows(m: Float64Array, { rows, channels, slope }: Bend): void {
  const end = rows.at + channels * rows.stride;
  for (let i = rows.at; i < end; i++) if (!(m[i] > 0)) m[i] *= slope;
}

/** Moves the history that ends with the block to the front of each row. */
export function shiftRows(m: Float64Array, { at, stride, rows, history }: Rows): void {
  const block = stride - history;
  for (let r = 0; r < rows; r++) {
    const front = at - history + r * stride;
    m.copyWithin(front, front + block, front + block + history);
  }
}
