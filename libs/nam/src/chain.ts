import {
  applyEffect,
  convolve,
  type EffectName,
  type EffectParams,
  type Ir,
  partOf,
  prepareReverb,
  requireFinite,
  resampleTelling,
  SAMPLE_RATE,
  type Tell,
} from '@gts/audio/browser';
import { type Amp, type PlayOptions, stopped } from './engine';

/** Shares of the work where rates differ: there, and there and back. */
const THERE = 0.1;
const BACK = 0.9;

/**
 * Stage 5a: a capture over mono 48 kHz: resampled to the model's rate and back where it differs, cut to the
 * input's length. Metadata of the model changes no level.
 * @throws AbortError when cancelled, while it resamples as well
 */
export function renderCapture(amp: Amp, x: Float32Array, options: PlayOptions = {}): Float32Array {
  const { sampleRate } = amp;
  if (sampleRate === SAMPLE_RATE) return amp.render(x, options);
  const { cancelled, onProgress } = options;
  const tell: Tell = (fraction) => {
    if (cancelled?.()) throw stopped();
    onProgress?.(Math.round(fraction * x.length));
  };
  const there = resampleTelling(partOf(tell, 0, THERE))(x, SAMPLE_RATE, sampleRate);
  const playing = partOf(tell, THERE, BACK);
  const played = amp.render(there, { ...options, onProgress: (done) => playing(done / there.length) });
  return resampleTelling(partOf(tell, BACK, 1))(played, sampleRate, SAMPLE_RATE).subarray(0, x.length);
}

/** One block as messages carry it: files by hash, effects by name and parameters (product.md §2.3). */
export type ChainBlock =
  | Readonly<{ kind: 'capture'; sha256: string }>
  | Readonly<{ kind: 'ir'; sha256: string }>
  | Readonly<{ kind: 'effect'; effect: EffectName; params?: EffectParams; irSha256?: string | undefined }>;

/** Where blocks find what they name; everything was read, checked and prepared before. */
export type ChainTools = Readonly<{
  loadModel(sha256: string): Amp;
  loadIr(sha256: string): Ir;
  cancelled?: () => boolean;
  /** Frames of the block's input that are done; convolution and effects report only their end. */
  onProgress?: (progress: Readonly<{ blockIndex: number; done: number; total: number }>) => void;
}>;

function play(block: ChainBlock, x: Float32Array, tools: ChainTools & { told: (done: number) => void }): Float32Array {
  const { cancelled, told } = tools;
  if (block.kind === 'capture')
    return renderCapture(tools.loadModel(block.sha256), x, { ...(cancelled && { cancelled }), onProgress: told });
  if (block.kind === 'ir') return convolve(x, tools.loadIr(block.sha256));
  const { effect, params = {}, irSha256 } = block;
  const ir = irSha256 === undefined ? undefined : prepareReverb(tools.loadIr(irSha256).samples);
  return applyEffect(x, { effect, params, ir });
}

/**
 * One block of stage 5 over mono 48 kHz.
 * @throws `render.non_finite` with the block's index, `fx.params`; AbortError when cancelled
 */
export function renderBlock(
  block: ChainBlock,
  x: Float32Array,
  { blockIndex, ...tools }: ChainTools & { blockIndex: number },
): Float32Array {
  const told = (done: number) => tools.onProgress?.({ blockIndex, done, total: x.length });
  const y = requireFinite(play(block, x, { ...tools, told }), blockIndex);
  told(x.length);
  return y;
}

/** Stage 5: all blocks in chain order; the result may be longer than the input. */
export const renderChain = (blocks: readonly ChainBlock[], x: Float32Array, tools: ChainTools): Float32Array =>
  blocks.reduce((signal, block, blockIndex) => renderBlock(block, signal, { ...tools, blockIndex }), x);
