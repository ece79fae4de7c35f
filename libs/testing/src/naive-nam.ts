import { type NamFile, zeros } from './nam-file';

type Tanh = (x: number) => number;
type RawArray = Readonly<{
  input_size: number;
  channels: number;
  dilations: readonly number[];
  kernel_size?: number;
  kernel_sizes?: readonly number[];
  activation: unknown;
  head?: Readonly<{ out_channels: number; kernel_size: number; bias: boolean }>;
  head_size?: number;
  head_bias?: boolean;
}>;

/** The last values of one signal; asked for what lies further back than it was fed, it answers zeros. */
class Ring {
  private readonly past: (readonly number[])[] = [];
  constructor(
    private readonly channels: number,
    private readonly size: number,
  ) {}
  push(values: readonly number[]): void {
    this.past.push(values);
    if (this.past.length > this.size) this.past.shift();
  }
  back(frames: number): readonly number[] {
    return this.past[this.past.length - 1 - frames] ?? zeros(this.channels);
  }
}

const bend = (activation: unknown, tanh: Tanh): Tanh => {
  const { type, negative_slope = 0.01 } =
    typeof activation === 'string' ? { type: activation } : (activation as { type: string; negative_slope?: number });
  if (type === 'Tanh') return tanh;
  return (x) => (x > 0 ? x : x * (type === 'ReLU' ? 0 : negative_slope));
};

type Map1 = (ring: Ring) => number[];
type Take = (count: number) => readonly number[];

/** A dilated convolution whose weights stand as (output, input, tap). */
function convolution(take: Take, shape: Readonly<{ o: number; i: number; k: number; d: number }>): Map1 {
  const { o, i, k, d } = shape;
  const w = take(o * i * k);
  return (ring) =>
    Array.from({ length: o }, (_, out) => {
      let sum = 0;
      for (let tap = 0; tap < k; tap++)
        for (let at = 0; at < i; at++)
          sum += (w[(out * i + at) * k + tap] ?? NaN) * (ring.back((k - 1 - tap) * d)[at] ?? NaN);
      return sum;
    });
}
const plus = (a: readonly number[], b: readonly number[]) => a.map((v, i) => v + (b[i] ?? NaN));

type Sample = Readonly<{ x: number; main: readonly number[]; head: readonly number[] | null }>;
const single = (values: readonly number[]): Ring => {
  const ring = new Ring(values.length, 1);
  ring.push(values);
  return ring;
};

function layer(take: Take, shape: Readonly<{ c: number; k: number; d: number; act: Tanh }>) {
  const { c, k, d, act } = shape;
  const taps = convolution(take, { o: c, i: c, k, d });
  const [b, m] = [take(c), take(c)];
  const mixing = convolution(take, { o: c, i: c, k: 1, d: 1 });
  const b1 = take(c);
  const ring = new Ring(c, (k - 1) * d + 1);
  return (x: number, h: readonly number[]) => {
    ring.push(h);
    const a = taps(ring).map((v, o) => act(v + (b[o] ?? NaN) + (m[o] ?? NaN) * x));
    return { a, h: plus(plus(h, b1), mixing(single(a))) };
  };
}

function arrayOf(take: Take, raw: RawArray, tanh: Tanh) {
  const { channels: c, input_size, dilations, activation } = raw;
  const entry = convolution(take, { o: c, i: input_size, k: 1, d: 1 });
  const layers = dilations.map((d, l) => {
    const act = bend(Array.isArray(activation) ? activation[l] : activation, tanh);
    return layer(take, { c, d, k: raw.kernel_sizes?.[l] ?? raw.kernel_size ?? NaN, act });
  });
  const {
    out_channels: o,
    kernel_size: k,
    bias,
  } = raw.head ?? { out_channels: raw.head_size ?? NaN, kernel_size: 1, bias: raw.head_bias ?? false };
  const taps = convolution(take, { o, i: c, k, d: 1 });
  const bh = bias ? take(o) : zeros(o);
  const ring = new Ring(c, k);
  return ({ x, main, head }: Sample): Sample => {
    let h: readonly number[] = entry(single(main));
    let sum: readonly number[] = head ?? zeros(c);
    for (const step of layers) {
      const next = step(x, h);
      sum = plus(sum, next.a);
      h = next.h;
    }
    ring.push(sum);
    return { x, main: h, head: plus(taps(ring), bh) };
  };
}

function taking(weights: readonly number[]): Take {
  let at = 0;
  return (count) => weights.slice(at, (at += count)).map(Math.fround);
}

function waveNet({ config, weights }: NamFile, tanh: Tanh): (x: number) => number {
  const take = taking(weights);
  const arrays = (config['layers'] as readonly RawArray[]).map((raw) => arrayOf(take, raw, tanh));
  const scale = take(1)[0] ?? NaN;
  return (x) => {
    const out = arrays.reduce((sample: Sample, play) => play(sample), { x, main: [x], head: null });
    return scale * (out.head?.[0] ?? NaN);
  };
}

function lstm({ config, weights }: NamFile): (x: number) => number {
  const take = taking(weights);
  const hidden = config['hidden_size'] as number;
  const sigmoid = (v: number) => 1 / (1 + Math.exp(-v));
  const cells = Array.from({ length: config['num_layers'] as number }, (_, l) => {
    const inputs = l === 0 ? 1 : hidden;
    const [w, b] = [take(4 * hidden * (inputs + hidden)), take(4 * hidden)];
    let [h, c] = [take(hidden), take(hidden)];
    return (input: readonly number[]) => {
      const seen = [...input, ...h];
      const z = b.map((bias, row) => seen.reduce((sum, v, j) => sum + (w[row * seen.length + j] ?? NaN) * v, bias));
      const gate = (g: number, u: number) => z[g * hidden + u] ?? NaN;
      c = c.map((v, u) => sigmoid(gate(1, u)) * v + sigmoid(gate(0, u)) * Math.tanh(gate(2, u)));
      h = c.map((v, u) => sigmoid(gate(3, u)) * Math.tanh(v));
      return h;
    };
  });
  const [head, bias] = [take(hidden), take(1)[0] ?? NaN];
  return (x) =>
    cells
      .reduce((values: readonly number[], cell) => cell(values), [x])
      .reduce((s, v, u) => s + v * (head[u] ?? NaN), bias);
}

/**
 * What a capture means, sample by sample over ring buffers, in float64: slow, obvious, sharing no code with the engine.
 * It hears enough zeros first, as audio.md §4.1 wants.
 */
export function naiveNam(file: NamFile, x: Float32Array, tanh: Tanh = Math.tanh): Float64Array {
  const isLstm = file.architecture === 'LSTM';
  const play = isLstm ? lstm(file) : waveNet(file, tanh);
  const prewarm = isLstm ? 24_000 : receptiveField(file);
  for (let i = 0; i < prewarm; i++) play(0);
  return Float64Array.from(x, play);
}

function receptiveField({ config }: NamFile): number {
  const layers = config['layers'] as readonly RawArray[];
  return layers.reduce((all, { dilations, kernel_sizes, kernel_size = NaN, head }) => {
    const heard = dilations.reduce((sum, d, l) => sum + ((kernel_sizes?.[l] ?? kernel_size) - 1) * d, 0);
    return all + heard + (head?.kernel_size ?? 1) - 1;
  }, 1);
}

/** How far y is from the reference r: 10·log10(Σ(y−r)²/Σr²) in dB; both of equal length. */
export function relativeDb(y: Float32Array, r: Float64Array | Float32Array): number {
  let wrong = 0;
  let all = 0;
  r.forEach((v: number, i: number) => {
    wrong += ((y[i] ?? NaN) - v) ** 2;
    all += v * v;
  });
  return 10 * Math.log10(wrong / all);
}
