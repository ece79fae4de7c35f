import { fadeEdges } from './fade';
import { TENTH } from './units';

/** A tone may ring at most 3 s longer than its prepared DI. */
const LONGEST_TAIL = 144_000;

/**
 * Stage 6: the length that all tones of a set get.
 * @param naturalLengths frames of each tone after stage 5
 * @param preparedLength frames after stage 4
 * @returns a multiple of 4800
 */
export function commonLength(naturalLengths: readonly number[], preparedLength: number): number {
  const longest = Math.min(Math.max(...naturalLengths), preparedLength + LONGEST_TAIL);
  return Math.ceil(longest / TENTH) * TENTH;
}

/** Cuts or pads a copy to `length` frames and fades where its own sound begins and ends. */
export function frame(x: Float32Array, length: number): Float32Array<ArrayBuffer> {
  const out = new Float32Array(length);
  const own = Math.min(x.length, length);
  out.set(x.subarray(0, own));
  fadeEdges(out, own);
  return out;
}
