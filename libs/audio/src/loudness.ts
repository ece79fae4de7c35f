import { TENTH } from './units';

const SHELF = {
  b0: 1.53512485958697,
  b1: -2.69169618940638,
  b2: 1.19839281085285,
  a1: -1.69065929318241,
  a2: 0.73248077421585,
};
const HIGH_PASS = { a1: -1.99004745483398, a2: 0.99007225036621 };
const ABSOLUTE_GATE = -70;
const RELATIVE_GATE = -10;
/** Spans of the curves in blocks of 100 ms. */
const MOMENTARY = 4;
const SHORT_TERM = 30;

/** Mean squares of the K-weighted signal per 100 ms; a partial rest is dropped. */
export function weightedPowers(x: Float32Array): Float64Array {
  const powers = new Float64Array(Math.floor(x.length / TENTH));
  let [x1, x2, y1, y2, z1, z2] = [0, 0, 0, 0, 0, 0];
  for (let block = 0, i = 0; block < powers.length; block++) {
    let sum = 0;
    for (const end = i + TENTH; i < end; i++) {
      const v = x[i];
      const y = SHELF.b0 * v + SHELF.b1 * x1 + SHELF.b2 * x2 - SHELF.a1 * y1 - SHELF.a2 * y2;
      const z = y - 2 * y1 + y2 - HIGH_PASS.a1 * z1 - HIGH_PASS.a2 * z2;
      x2 = x1;
      x1 = v;
      y2 = y1;
      y1 = y;
      z2 = z1;
      z1 = z;
      sum += z * z;
    }
    powers[block] = sum / TENTH;
  }
  return powers;
}

/** LUFS of a mean square, dual mono: one channel counts as two equal ones (+3.01 dB). */
const loudnessOf = (power: number): number => -0.691 + 10 * Math.log10(2 * power);
const meanOf = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;

/** Mean of `count` neighbours at every hop of 100 ms. */
function runs(powers: Float64Array, count: number): number[] {
  const means: number[] = [];
  for (let i = 0; i + count <= powers.length; i++) {
    let sum = 0;
    for (let k = 0; k < count; k++) sum += powers[i + k];
    means.push(sum / count);
  }
  return means;
}

function gated(powers: Float64Array): number {
  const audible = runs(powers, MOMENTARY).filter((power) => loudnessOf(power) > ABSOLUTE_GATE);
  if (audible.length === 0) return -Infinity;
  const threshold = loudnessOf(meanOf(audible)) + RELATIVE_GATE;
  return loudnessOf(meanOf(audible.filter((power) => loudnessOf(power) > threshold)));
}

/** What a curve holds where there is no sound at all. */
export const NO_LOUDNESS = -32_768;
const curve = (powers: Float64Array, count: number): Int16Array =>
  Int16Array.from(runs(powers, count), (power) => Math.max(NO_LOUDNESS, Math.round(10 * loudnessOf(power))));

/**
 * Loudness of a whole signal: integrated LUFS, and two curves of integers in 0.1 LUFS, one value per 100 ms.
 * `momentary` spans 400 ms, its first value belongs to 0.4 s; `shortTerm` spans 3 s, its first to 3 s.
 */
export type Loudness = Readonly<{ integrated: number; momentary: Int16Array; shortTerm: Int16Array }>;

/**
 * Integrated, momentary and short-term loudness, dual mono, from one pass.
 * @param x mono 48 kHz
 * @see ITU-R BS.1770-4, annex 1; EBU Tech 3341 §2.2
 */
export function loudness(x: Float32Array): Loudness {
  const powers = weightedPowers(x);
  return { integrated: gated(powers), momentary: curve(powers, MOMENTARY), shortTerm: curve(powers, SHORT_TERM) };
}

/**
 * Integrated loudness in LUFS, dual mono; −Infinity when nothing passes the gates.
 * @param x mono 48 kHz
 * @see ITU-R BS.1770-4, annex 1; blocks of 400 ms with a hop of 100 ms
 */
export const integratedLoudness = (x: Float32Array): number => gated(weightedPowers(x));
