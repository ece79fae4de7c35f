import { weightedPowers } from './meter/meter';

const ABSOLUTE_GATE = -70;
const RELATIVE_GATE = -10;
/** Spans of the curves in blocks of 100 ms. */
const MOMENTARY = 4;
const SHORT_TERM = 30;

/** LUFS of a mean square, dual mono: one channel counts as two equal ones (+3.01 dB). */
const lufsOf = (power: number): number => -0.691 + 10 * Math.log10(2 * power);
const meanOf = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;

/** Mean of `count` neighbours at every hop of 100 ms. */
function runs(powers: ArrayLike<number>, count: number): number[] {
  const means: number[] = [];
  for (let i = 0; i + count <= powers.length; i++) {
    let sum = 0;
    for (let k = 0; k < count; k++) sum += powers[i + k];
    means.push(sum / count);
  }
  return means;
}

/**
 * Integrated LUFS of mean squares per 100 ms; −Infinity when nothing passes the gates.
 * @param absoluteGate LUFS; a signal that is to be played g dB louder meets the standard's gate at −70 − g
 */
export function gatedLoudness(powers: ArrayLike<number>, absoluteGate = ABSOLUTE_GATE): number {
  const audible = runs(powers, MOMENTARY).filter((power) => lufsOf(power) > absoluteGate);
  if (audible.length === 0) return -Infinity;
  const threshold = lufsOf(meanOf(audible)) + RELATIVE_GATE;
  return lufsOf(meanOf(audible.filter((power) => lufsOf(power) > threshold)));
}

/** What a curve holds where there is no sound at all. */
export const NO_LOUDNESS = -32_768;
/** Integrated LUFS of the same signal after a gain: not simply the sum, blocks may pass the absolute gate with it. */
export const loudnessAt = (powers: ArrayLike<number>, gainDb: number): number =>
  gatedLoudness(powers, ABSOLUTE_GATE - gainDb) + gainDb;

const curve = (powers: Float64Array, count: number): Int16Array =>
  Int16Array.from(runs(powers, count), (power) => Math.max(NO_LOUDNESS, Math.round(10 * lufsOf(power))));

/**
 * Loudness of a whole signal: integrated LUFS, and two curves of integers in 0.1 LUFS, one value per 100 ms.
 * `momentary` spans 400 ms, its first value belongs to 0.4 s; `shortTerm` spans 3 s, its first to 3 s.
 */
export type Loudness = Readonly<{ integrated: number; momentary: Int16Array; shortTerm: Int16Array }>;

/**
 * Integrated, momentary and short-term loudness, dual mono, from one pass.
 * @param x mono 48 kHz
 * @see ITU-R BS.1770-4, annex 1 (blocks of 400 ms with a hop of 100 ms); EBU Tech 3341 §2.2
 */
export function loudness(x: Float32Array): Loudness {
  const powers = weightedPowers(x);
  return {
    integrated: gatedLoudness(powers),
    momentary: curve(powers, MOMENTARY),
    shortTerm: curve(powers, SHORT_TERM),
  };
}

/** Integrated loudness in LUFS, dual mono; −Infinity when nothing passes the gates. */
export const integratedLoudness = (x: Float32Array): number => gatedLoudness(weightedPowers(x));
