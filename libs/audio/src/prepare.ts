import { fadeEdges } from './fade';
import { type AudioWarning } from './refusals';
import { factorOf, peakOf } from './units';

/** Zeros behind the DI, so that amps ring out: 300 ms. */
export const TAIL_FRAMES = 14_400;
/** Whole milliseconds of the DI; `endMs` is exclusive. */
export type Excerpt = Readonly<{ startMs: number; endMs: number }>;
export type PrepareParams = Readonly<{ excerpt?: Excerpt | undefined; inputGainDb?: number | undefined }>;

/**
 * Stage 4: cuts the excerpt, applies the input gain (−24..+24 dB), fades the edges, appends the tail.
 * @param x mono 48 kHz; left untouched
 * @returns N + 14 400 frames; `di.hot` when samples pass full scale, which is legal
 */
export function prepare(
  x: Float32Array,
  { excerpt, inputGainDb = 0 }: PrepareParams = {},
): Readonly<{ samples: Float32Array; warnings: readonly AudioWarning[] }> {
  const cut = excerpt ? x.subarray(excerpt.startMs * 48, excerpt.endMs * 48) : x;
  const samples = new Float32Array(cut.length + TAIL_FRAMES);
  const gain = factorOf(inputGainDb);
  for (let i = 0; i < cut.length; i++) samples[i] = cut[i] * gain;
  const warnings: AudioWarning[] = peakOf(samples) > 1 ? ['di.hot'] : [];
  fadeEdges(samples, cut.length);
  return { samples, warnings };
}
