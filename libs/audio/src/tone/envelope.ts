import { dbOf, rmsOf, SAMPLE_RATE, TENTH } from '../units';

const FLOOR_DBFS = -70;
/** 50 ms and 5 ms in frames. */
const WINDOW = 2400;
const SHORT = 240;
const APART_SECONDS = 0.05;
const RISE_DB = 6;

/** RMS of windows side by side; a partial last one is dropped. */
function windows(x: Float32Array, size: number): number[] {
  const levels: number[] = [];
  // No view of each window: thousands of them take longer than their sums.
  for (let from = 0; from + size <= x.length; from += size) {
    let sum = 0;
    for (let i = from; i < from + size; i++) sum += x[i] * x[i];
    levels.push(Math.sqrt(sum / size));
  }
  return levels;
}

const sorted = (values: readonly number[]): number[] => values.toSorted((a, b) => a - b);

/** Percentile by the nearest rank. */
const percentile = (ordered: readonly number[], share: number): number =>
  ordered[Math.max(0, Math.ceil(share * ordered.length) - 1)];

function median(values: readonly number[]): number | null {
  const ordered = sorted(values);
  const middle = ordered.length >> 1;
  if (ordered.length === 0) return null;
  return ordered.length % 2 === 1 ? ordered[middle] : (ordered[middle - 1] + ordered[middle]) / 2;
}

/** dB between the loud and the quiet parts: 95th against 5th percentile of 50 ms RMS windows above −70 dBFS. */
export function dynamicRange(x: Float32Array): number | null {
  const levels = sorted(windows(x, WINDOW).map(dbOf)).filter((level) => level > FLOOR_DBFS);
  return levels.length === 0 ? null : percentile(levels, 0.95) - percentile(levels, 0.05);
}

/** Rises of the 5 ms RMS envelope through 6 dB above the whole signal's RMS, at least 50 ms apart, per second. */
export function transientDensity(x: Float32Array): number {
  const threshold = rmsOf(x) * 10 ** (RISE_DB / 20);
  const apart = (APART_SECONDS * SAMPLE_RATE) / SHORT;
  let count = 0;
  let last = -apart;
  let before = 0;
  windows(x, SHORT).forEach((level, i) => {
    if (before <= threshold && level > threshold && i - last >= apart) {
      count += 1;
      last = i;
    }
    before = level;
  });
  return x.length === 0 ? 0 : count / (x.length / SAMPLE_RATE);
}

/** Index of the first sample that passes a level, −1 if none does; a plain loop, since findIndex takes ten times as long. */
function firstAbove(x: Float32Array, level: number): number {
  for (let i = 0; i < x.length; i++) if (Math.abs(x[i]) > level) return i;
  return -1;
}
function firstFrom(x: Float32Array, level: number): number {
  for (let i = 0; i < x.length; i++) if (Math.abs(x[i]) >= level) return i;
  return -1;
}
const msOf = (frames: number): number => (frames * 1000) / SAMPLE_RATE;

/**
 * Time from the first sound, above 3 × noise and 1 % of the peak, to 90 % of the peak; noise is the RMS of the quietest
 * 50 ms. Null when nothing rises out of the noise.
 */
export function attackMs(x: Float32Array, peak: number): number | null {
  const noise = Math.min(...windows(x, WINDOW), peak);
  const from = firstAbove(x, Math.max(3 * noise, 0.01 * peak));
  return from < 0 ? null : Math.max(0, msOf(firstFrom(x, 0.9 * peak) - from));
}

/** Median slope of 100 ms RMS windows from the peak on, in dB/s: negative for a decay; null without two of them. */
export function decaySlope(x: Float32Array, peak: number): number | null {
  if (peak === 0) return null;
  const levels = windows(x.subarray(firstFrom(x, peak)), TENTH).map(dbOf);
  const slopes = levels.slice(1).map((level, i) => (level - levels[i]) / (TENTH / SAMPLE_RATE));
  return median(slopes.filter(Number.isFinite));
}

/** Time of the first sample above 1 % of the peak in ms; null for silence. */
export function onsetMs(x: Float32Array, peak: number): number | null {
  return peak === 0 ? null : msOf(firstAbove(x, 0.01 * peak));
}
