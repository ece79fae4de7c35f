/** Rows of one signal, [channel][time], with room for `history` frames in front of each. */
export type Rows = Readonly<{
  /** First frame of the present block in row 0. */
  at: number;
  stride: number;
  /** Multiple of 4: the kernel computes four outputs at once. */
  rows: number;
  history: number;
}>;
/** Where a matrix stands, packed as [group of 4 outputs][tap][input][4]. */
export type Packed = Readonly<{ at: number; groups: number; taps: number; inputs: number }>;
/** A matrix as the file has it: (output, input, tap). */
export type Matrix = Readonly<{ outputs: number; inputs: number; taps: number }>;

const upTo4 = (n: number): number => (n + 3) & ~3;

/** Hands out places in one float64 memory, so that the inner loops know a single array. */
export class MemoryPlan {
  private top = 0;
  private readonly contents: (readonly [at: number, values: Float64Array])[] = [];

  constructor(private readonly block: number) {}

  get floats(): number {
    return this.top;
  }

  rows(channels: number, history = 0): Rows {
    const stride = history + this.block;
    const rows = upTo4(channels);
    const at = this.reserve(rows * stride) + history;
    return { at, stride, rows, history };
  }

  /** A vector, padded with zeros to a multiple of 4. */
  vector(values: Float32Array): number {
    const padded = new Float64Array(upTo4(values.length));
    padded.set(values);
    return this.put(padded);
  }

  matrix(values: Float32Array, { outputs, inputs, taps }: Matrix): Packed {
    const groups = upTo4(outputs) / 4;
    const packed = new Float64Array(groups * taps * inputs * 4);
    for (let o = 0; o < outputs; o++)
      for (let i = 0; i < inputs; i++)
        for (let k = 0; k < taps; k++)
          packed[(((o >> 2) * taps + k) * inputs + i) * 4 + (o & 3)] = values[(o * inputs + i) * taps + k];
    return { at: this.put(packed), groups, taps, inputs };
  }

  /** Fresh memory with the weights in place and every row silent. */
  create(): Float64Array {
    const memory = new Float64Array(this.top);
    for (const [at, values] of this.contents) memory.set(values, at);
    return memory;
  }

  private put(values: Float64Array): number {
    const at = this.reserve(values.length);
    this.contents.push([at, values]);
    return at;
  }

  private reserve(count: number): number {
    const at = this.top;
    this.top += count;
    return at;
  }
}
