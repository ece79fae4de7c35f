import { audioRefusal, NODE_MAJOR } from '@gts/audio';
import { type AmpEngine, type AmpPlan, isForeign, type PlayOptions, stopped } from './engine';
import { type NamModel } from './model';
import { type LstmPlan, lstmSteps, planLstm } from './oracle-lstm';
import { planWaveNet, type Span, type WaveNetPlan, waveNetSteps } from './oracle-wavenet';

/** Changes whenever this engine can change a bit of its result. */
export const ORACLE_VERSION = '1';
/** Engine id of amp renders: part of content keys. */
export const oracleEngineId = `oracle:${ORACLE_VERSION}:node${NODE_MAJOR}`;

type Tanh = (x: number) => number;
/** A model cut and laid out for the oracle; immutable, so renders of several spans may share it. */
export type OraclePlan = AmpPlan & Readonly<{ net: WaveNetPlan | LstmPlan; tanh: Tanh }>;

/**
 * Makes a model ready, in a few milliseconds.
 * @param tanh another tanh than the exact one, for comparisons with foreign engines
 * @throws `nam.architecture` for a model of the compatibility engine
 */
export function prepareOracle(model: NamModel, tanh: Tanh = Math.tanh): OraclePlan {
  if (isForeign(model)) throw audioRefusal('nam.architecture', `the definition does not know ${model.reason}`);
  const common = { sampleRate: model.sampleRate, ops: model.weights.length, tanh };
  if (model.architecture === 'LSTM')
    return { ...common, net: planLstm(model), receptiveField: null, floats: model.weights.length };
  const net = planWaveNet(model);
  return { ...common, net, receptiveField: net.receptiveField, floats: net.memory.floats };
}

const stepsOf = ({ net, tanh }: OraclePlan, x: Float32Array, span: Span) =>
  net.kind === 'LSTM' ? lstmSteps(net, x, tanh) : waveNetSteps(net, x, { ...span, tanh });

/** `span` renders [start, end) only, bit for bit the slice of the whole; WaveNet alone has spans. */
export type SpanOptions = PlayOptions & Readonly<{ span?: Span }>;

/**
 * Plays a capture in float64 without yielding the thread: for workers.
 * @param x mono at the plan's rate
 * @throws AbortError when `cancelled` says so
 * @see audio.md §4.1 for the meaning of the file
 */
export function renderOracle(plan: OraclePlan, x: Float32Array, options: SpanOptions = {}): Float32Array {
  const { span = { start: 0, end: x.length }, cancelled, onProgress } = options;
  if (options.span && plan.receptiveField === null) throw new RangeError('an LSTM plays from the start only');
  const steps = stepsOf(plan, x, span);
  for (;;) {
    if (cancelled?.()) throw stopped();
    const step = steps.next();
    if (step.done) return step.value;
    onProgress?.(step.value);
  }
}

/** The float64 definition behind the port: for tests and comparisons, never for a product's sound. */
export const oracleEngine: AmpEngine<OraclePlan> = {
  id: oracleEngineId,
  tanh: 'exact',
  supports: (model) => !isForeign(model),
  prepare: (model) => prepareOracle(model),
  render: renderOracle,
};
