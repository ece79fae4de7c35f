import {
  applyEffect,
  convolve,
  type EffectName,
  type EffectParams,
  type Ir,
  prepareReverb,
  requireFinite,
  resample,
  SAMPLE_RATE,
} from '@gts/audio/browser';
import { type Amp, type PlayOptions } from './engine';

/**
 * Stage 5a: a capture over mono 48 kHz: resampled to the model's rate and back where it differs, cut to the
 * input's length. Metadata of the model changes no level.
 */
export function renderCapture(amp: Amp, x: Float32Array, options: PlayOptions = {}): Float32Array {
  if (amp.sampleRate === SAMPLE_RATE) return amp.render(x, options);
  const { onProgress } = options;
  const ratio = SAMPLE_RATE / amp.sampleRate;
  const played = amp.render(resample(x, SAMPLE_RATE, amp.sampleRate), {
    ...options,
    ...(onProgress && { onProgress: (done: number) => onProgress(Math.min(x.length, Math.round(done * ratio))) }),
  });
  return resample(played, amp.sampleRate, SAMPLE_RATE).subarray(0, x.length);
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
