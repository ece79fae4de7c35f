import { type LstmModel } from './model';

const PREWARM = 24_000;

type Cell = Readonly<{
  inputs: number;
  hidden: number;
  weights: Float64Array;
  bias: Float64Array;
  h: Float64Array;
  c: Float64Array;
}>;
export type LstmPlan = Readonly<{
  kind: 'LSTM';
  hidden: number;
  cells: readonly Cell[];
  headWeights: Float64Array;
  headBias: number;
  /** Samples between two looks at the cancel flag. */
  step: number;
}>;

/** Cuts the weights of audio.md §4.1: rows in blocks i, f, g, o; columns input, then hidden. */
export function planLstm({ hiddenSize: hidden, layerCount, weights }: LstmModel): LstmPlan {
  let at = 0;
  const take = (count: number) => Float64Array.from(weights.subarray(at, (at += count)));
  const cells = Array.from({ length: layerCount }, (_, layer) => {
    const inputs = layer === 0 ? 1 : hidden;
    return {
      inputs,
      hidden,
      weights: take(4 * hidden * (inputs + hidden)),
      bias: take(4 * hidden),
      h: take(hidden),
      c: take(hidden),
    };
  });
  const headWeights = take(hidden);
  const step = Math.max(64, Math.min(4800, Math.floor(2e7 / weights.length)));
  return { kind: 'LSTM', hidden, cells, headWeights, headBias: take(1)[0], step };
}

/** `seen` holds the input and then h, as the columns of the matrix expect them. */
type State = Readonly<{ cell: Cell; seen: Float64Array; z: Float64Array; c: Float64Array }>;
const stateOf = (cell: Cell): State => {
  const seen = new Float64Array(cell.inputs + cell.hidden);
  seen.set(cell.h, cell.inputs);
  return { cell, seen, z: new Float64Array(4 * cell.hidden), c: cell.c.slice() };
};

type Curves = Readonly<{ tanh: (x: number) => number; sigmoid: (x: number) => number }>;
/** With the exact tanh this is the exact logistic function, with another one its companion. */
const curvesOf = (tanh: (x: number) => number): Curves => ({
  tanh,
  sigmoid: tanh === Math.tanh ? (x) => 1 / (1 + Math.exp(-x)) : (x) => 0.5 + 0.5 * tanh(x / 2),
});

function multiply({ cell, seen, z }: State): void {
  const { weights, bias } = cell;
  for (let row = 0, w = 0; row < z.length; row++) {
    let sum = bias[row];
    for (let j = 0; j < seen.length; j++, w++) sum += weights[w] * seen[j];
    z[row] = sum;
  }
}

function advance(state: State, { tanh, sigmoid }: Curves): void {
  const { cell, seen, z, c } = state;
  const { hidden: n, inputs } = cell;
  multiply(state);
  for (let u = 0; u < n; u++) {
    c[u] = sigmoid(z[n + u]) * c[u] + sigmoid(z[u]) * tanh(z[2 * n + u]);
    seen[inputs + u] = sigmoid(z[3 * n + u]) * tanh(c[u]);
  }
}

function sample(
  x: number,
  { states, plan, curves }: { states: readonly State[]; plan: LstmPlan; curves: Curves },
): number {
  states.forEach((state, layer) => {
    if (layer === 0) state.seen[0] = x;
    else state.seen.set(states[layer - 1].seen.subarray(states[layer - 1].cell.inputs));
    advance(state, curves);
  });
  const { seen, cell } = states[states.length - 1];
  let y = plan.headBias;
  for (let u = 0; u < plan.hidden; u++) y += plan.headWeights[u] * seen[cell.inputs + u];
  return y;
}

/** Renders all of x, sample after sample, and yields the frames done; the state has no end, so there are no spans. */
export function* lstmSteps(
  plan: LstmPlan,
  x: Float32Array,
  tanh: (x: number) => number,
): Generator<number, Float32Array> {
  const y = new Float32Array(x.length);
  const run = { states: plan.cells.map(stateOf), plan, curves: curvesOf(tanh) };
  for (let at = -PREWARM; at < x.length; at += plan.step) {
    const end = Math.min(at + plan.step, x.length);
    for (let i = at; i < end; i++) {
      const out = sample(i < 0 ? 0 : x[i], run);
      if (i >= 0) y[i] = out;
    }
    yield Math.max(0, end);
  }
  return y;
}
