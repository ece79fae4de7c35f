import { gatedLoudness } from './loudness';
import { readMeter } from './meter/meter';
import { audioRefusal } from './refusals';
import { dbOf, isFinitePcm, peakOf } from './units';

/** Integrated loudness in LUFS (dual mono) and true peak in dBTP. */
export type Measured = Readonly<{ integrated: number; truePeak: number }>;

/** What levelling needs of a tone: `powers` are K-weighted mean squares, one per 100 ms. */
export type Levellable = Measured & Readonly<{ powers: ArrayLike<number> }>;

/** Stage 7: loudness and true peak of one framed tone, mono 48 kHz, from one pass. */
export function measure(x: Float32Array): Measured & Readonly<{ powers: Float64Array }> {
  const { peak, powers } = readMeter(x);
  return { integrated: gatedLoudness(powers), truePeak: dbOf(peak), powers };
}

/**
 * Refuses the output of a block that holds NaN or infinity.
 * @throws `render.non_finite`
 */
export function requireFinite(x: Float32Array, blockIndex?: number): Float32Array {
  if (!isFinitePcm(x))
    throw audioRefusal(
      'render.non_finite',
      'the block answers with NaN or infinity',
      blockIndex === undefined ? {} : { blockIndex },
    );
  return x;
}

/**
 * Refuses a tone that nobody can hear and no gain can level.
 * @throws `render.silent`
 */
export function requireAudible(x: Float32Array, { integrated }: Measured): void {
  if (integrated === -Infinity || peakOf(x) < 1e-5)
    throw audioRefusal('render.silent', 'the chain answers with silence');
}
