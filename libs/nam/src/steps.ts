import { requireFinite, resample, SAMPLE_RATE } from '@gts/audio/browser';
import { type ChainBlock, type ChainTools, renderBlock } from './chain';
import { type Steps } from './engine';

/** A capture ready to play in steps, for threads that must listen while they play. */
export type SteppedAmp = Readonly<{ sampleRate: number; steps(x: Float32Array): Steps }>;

/** Stage 5a in steps: the bits of `renderCapture`. */
export function* captureSteps(amp: SteppedAmp, x: Float32Array): Steps {
  const { sampleRate } = amp;
  if (sampleRate === SAMPLE_RATE) return yield* amp.steps(x);
  const steps = amp.steps(resample(x, SAMPLE_RATE, sampleRate));
  for (;;) {
    const next = steps.next();
    if (next.done) return resample(next.value, sampleRate, SAMPLE_RATE).subarray(0, x.length);
    yield Math.min(x.length, Math.round((next.value * SAMPLE_RATE) / sampleRate));
  }
}

type StepTools = Readonly<{ blockIndex: number; loadModel(sha256: string): SteppedAmp; loadIr: ChainTools['loadIr'] }>;
const noModel = () => {
  throw new Error('only captures ask for models');
};

/**
 * One block of stage 5 in steps: the bits of `renderBlock`. Impulse responses and effects are one step.
 * @throws `render.non_finite` with the block's index, `fx.params`
 */
export function* blockSteps(block: ChainBlock, x: Float32Array, { blockIndex, loadModel, loadIr }: StepTools): Steps {
  if (block.kind !== 'capture') return renderBlock(block, x, { blockIndex, loadIr, loadModel: noModel });
  return requireFinite(yield* captureSteps(loadModel(block.sha256), x), blockIndex);
}
