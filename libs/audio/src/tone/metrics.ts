import { type AudioWarning } from '../refusals';
import { atStep, dbOf, peakOf, rmsOf } from '../units';
import { attackMs, decaySlope, dynamicRange, onsetMs, transientDensity } from './envelope';
import { centroidOf, powerBetween } from './spectrum';

/**
 * What a levelled tone measures, audio.md §2; null where silence or a steady sound has no such number.
 * Levels in dBFS to 0.01 dB; `dcOffset` of full scale; shares of the power in 20-250, 250-2000, 2000-20 000 Hz sum to 1;
 * `decayDbPerSecond` is negative for a sound that dies away; `onsetMs` counts from the onset of the DI.
 */
export type ToneMetrics = Readonly<{
  rmsDbfs: number | null;
  peakDbfs: number | null;
  crestDb: number | null;
  dcOffset: number;
  dynamicRangeDb: number | null;
  centroidHz: number | null;
  bassShare: number | null;
  midShare: number | null;
  trebleShare: number | null;
  transientsPerSecond: number;
  attackMs: number | null;
  decayDbPerSecond: number | null;
  onsetMs: number | null;
}>;

const EDGES = [20, 250, 2000, 20_000] as const;
const FURTHEST_APART_MS = 5;

const stepped = (value: number | null, step: number): number | null =>
  value === null || !Number.isFinite(value) ? null : atStep(value, step);

function meanOf(x: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i];
  return x.length === 0 ? 0 : sum / x.length;
}

function spectral(powers: Float64Array): Pick<ToneMetrics, 'centroidHz' | 'bassShare' | 'midShare' | 'trebleShare'> {
  const [bass, mid, treble] = [0, 1, 2].map((i) => powerBetween(powers, EDGES[i], EDGES[i + 1]));
  const share = (power: number) => stepped(power / (bass + mid + treble), 0.0001);
  return {
    centroidHz: stepped(centroidOf(powers), 0.1),
    bassShare: share(bass),
    midShare: share(mid),
    trebleShare: share(treble),
  };
}

/** First sound of a recording in ms; null for silence. */
export const onsetOf = (x: Float32Array): number | null => onsetMs(x, peakOf(x));

const difference = (a: number | null, b: number | null): number | null => (a === null || b === null ? null : a - b);

/**
 * All numbers of one levelled tone.
 * @param x mono 48 kHz
 * @param powers its {@link averageSpectrum}
 * @param diOnsetMs {@link onsetOf} the prepared DI
 */
export function toneMetrics(x: Float32Array, powers: Float64Array, diOnsetMs: number | null): ToneMetrics {
  const peak = peakOf(x);
  const rms = rmsOf(x);
  return {
    rmsDbfs: stepped(dbOf(rms), 0.01),
    peakDbfs: stepped(dbOf(peak), 0.01),
    crestDb: stepped(dbOf(peak / rms), 0.01),
    dcOffset: atStep(meanOf(x), 1e-6),
    dynamicRangeDb: stepped(dynamicRange(x), 0.01),
    ...spectral(powers),
    transientsPerSecond: atStep(transientDensity(x), 0.001),
    attackMs: stepped(attackMs(x, peak), 0.01),
    decayDbPerSecond: stepped(decaySlope(x, peak), 0.01),
    onsetMs: stepped(difference(onsetMs(x, peak), diOnsetMs), 0.01),
  };
}

/** `tone.offset` when two tones of a set begin more than 5 ms apart. */
export function offsetWarnings(metrics: readonly Pick<ToneMetrics, 'onsetMs'>[]): readonly AudioWarning[] {
  const onsets = metrics.flatMap(({ onsetMs: onset }) => (onset === null ? [] : [onset]));
  return onsets.length > 0 && Math.max(...onsets) - Math.min(...onsets) > FURTHEST_APART_MS ? ['tone.offset'] : [];
}
