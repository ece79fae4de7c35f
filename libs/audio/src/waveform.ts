import { base64Of } from './base64';
import { measure } from './measure';
import { dbOf, peakOf, rmsOf } from './units';

const PAIRS = 900;
const FULL_SCALE = 32_767 / 32_768;

/** 900 pairs (min, max, min, …) as base64 of an Int8Array, relative to `peak`, the largest absolute sample. */
export type Waveform = Readonly<{ peak: number; pairs: string }>;

/** The picture of a signal in equal spans; silence gives zeros. */
export function peaks(x: Float32Array, count: number = PAIRS): Waveform {
  const peak = peakOf(x);
  const scale = peak > 0 ? 127 / peak : 0;
  const pairs = new Int8Array(2 * count);
  for (let i = 0; i < count && x.length > 0; i++) {
    const from = Math.floor((i * x.length) / count);
    const to = Math.max(from + 1, Math.floor(((i + 1) * x.length) / count));
    let [least, most] = [x[from], x[from]];
    for (let j = from + 1; j < to; j++) {
      if (x[j] < least) least = x[j];
      if (x[j] > most) most = x[j];
    }
    pairs[2 * i] = Math.round(least * scale);
    pairs[2 * i + 1] = Math.round(most * scale);
  }
  return { peak, pairs: base64Of(pairs) };
}

/** Levels of a recording; null where there is no number (silence has no dB, too short or quiet has no loudness). */
export type Levels = Readonly<{
  integratedLufs: number | null;
  rmsDbfs: number | null;
  truePeakDbtp: number | null;
  clippedSamples: number;
}>;

const orNull = (value: number): number | null => (Number.isFinite(value) ? value : null);

/**
 * @param x mono 48 kHz, what is measured
 * @param recorded the samples as recorded, before resampling: only they can tell what clipped
 */
export function levelsOf(x: Float32Array, recorded: Float32Array = x): Levels {
  let clippedSamples = 0;
  for (let i = 0; i < recorded.length; i++) if (Math.abs(recorded[i]) >= FULL_SCALE) clippedSamples++;
  const { integrated, truePeak } = measure(x);
  return {
    integratedLufs: orNull(integrated),
    rmsDbfs: orNull(dbOf(rmsOf(x))),
    truePeakDbtp: orNull(truePeak),
    clippedSamples,
  };
}
