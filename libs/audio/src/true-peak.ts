import { dbOf, peakOf } from './units';

const TAPS = 24;
const BEFORE = 11;
const BLOCK = 32;

function phase(p: number): Float64Array {
  const h = Float64Array.from({ length: TAPS }, (_, k) => {
    const t = k - BEFORE - p / 4;
    return (Math.sin(Math.PI * t) / (Math.PI * t)) * (0.5 + 0.5 * Math.cos((2 * Math.PI * t) / TAPS));
  });
  const sum = h.reduce((a, v) => a + v, 0);
  return h.map((v) => v / sum);
}
const [H1, H2, H3] = [phase(1), phase(2), phase(3)];
// No filter can raise a peak by more than its absolute sum; the margin covers the rounding of 24 products.
const RISE = Math.max(...[H1, H2, H3].map((h) => h.reduce((a, v) => a + Math.abs(v), 0))) * (1 + 1e-12);

/** Largest interpolated value between the samples `from` and `to`; `x` has `BEFORE` zeros in front. */
function blockPeak(x: Float64Array, from: number, to: number): number {
  let peak = 0;
  for (let i = from; i < to; i++) {
    let a = 0;
    let b = 0;
    let c = 0;
    for (let k = 0; k < TAPS; k++) {
      const v = x[i + k];
      a += H1[k] * v;
      b += H2[k] * v;
      c += H3[k] * v;
    }
    peak = Math.max(peak, Math.abs(a), Math.abs(b), Math.abs(c));
  }
  return peak;
}

function blockBound(x: Float64Array, from: number, to: number): number {
  let largest = 0;
  for (let j = from; j < to + TAPS - 1; j++) {
    const a = Math.abs(x[j]);
    if (a > largest) largest = a;
  }
  return largest * RISE;
}

/**
 * True peak in dBTP by fourfold oversampling; −Infinity for silence. Blocks that cannot pass the peak found
 * so far are skipped, which changes no bit of the result.
 * @param x mono 48 kHz
 * @see ITU-R BS.1770-4, annex 2; filters of audio.md §1
 */
export function truePeak(x: Float32Array): number {
  const padded = new Float64Array(x.length + TAPS);
  padded.set(x, BEFORE);
  let peak = peakOf(x);
  for (let from = 0; from < x.length; from += BLOCK) {
    const to = Math.min(from + BLOCK, x.length);
    if (blockBound(padded, from, to) > peak) peak = Math.max(peak, blockPeak(padded, from, to));
  }
  return dbOf(peak);
}
