import { audioRefusal } from '@gts/audio/browser';
import { type AmpPlan, isForeign } from '../engine';
import { type NamModel, receptiveFieldOf } from '../model';
import { Layout } from './layout';
import { planLstm } from './plan-lstm';
import { planWaveNet } from './plan-wavenet';
import { encode } from './program';

/** Changes whenever planner or runner can change a bit of a result under the same kernel. */
export const PLANNER_VERSION = '1';
/** Frames of a block, after which the histories move: three windows of the kernel. */
const BLOCK = 1152;
const LSTM_PREWARM = 24_000;

/** A capture as numbers: immutable and without functions, so that threads may pass it on. */
export type OwnPlan = AmpPlan &
  Readonly<{
    block: number;
    /** Frames of silence before the first one. */
    prewarm: number;
    /** Silence from BASE to here; then the image, then the program. */
    imageAt: number;
    image: Float32Array;
    programAt: number;
    program: Int32Array;
    /** Operations of the program that play a block; those behind them keep its history. */
    playing: number;
    keeping: number;
    /** Address of the block's first frame. */
    input: number;
    output: number;
  }>;

/**
 * Lays a model out for the kernel, in a few milliseconds. What `parseNam` lets in needs less than 64 MiB.
 * @throws `nam.architecture` for a model that the kernel does not play
 * @param block frames of a block, a multiple of 8; no bit of the sound depends on it
 */
export function planModel(model: NamModel, block = BLOCK): OwnPlan {
  if (isForeign(model)) throw audioRefusal('nam.architecture', `the kernel does not play ${model.reason}`);
  const layout = new Layout();
  const isLstm = model.architecture === 'LSTM';
  const { operations, shifts, input, output } = isLstm
    ? planLstm(layout, model, block)
    : planWaveNet(layout, model, block);
  const { imageAt, image, end } = layout.finish();
  const program = encode([...operations, ...shifts]);
  const receptiveField = isLstm ? null : receptiveFieldOf(model.arrays);
  return {
    receptiveField,
    sampleRate: model.sampleRate,
    floats: (end - imageAt) / 4 + program.length,
    ops: model.weights.length,
    block,
    prewarm: receptiveField ?? LSTM_PREWARM,
    imageAt,
    image,
    programAt: end,
    program,
    playing: operations.length,
    keeping: shifts.length,
    input: input.at,
    output: output.at,
  };
}
