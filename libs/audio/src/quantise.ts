import { drawnAt, nextState } from './mulberry32';

/** One seed for every file: bytes can be made again, and all tones carry the same noise. */
const DITHER_SEED = 0x47545331;

/**
 * Stage 9: 16-bit integers with triangular dither of ±1 step, clipped to the range.
 * @see Lipshitz, Wannamaker & Vanderkooy, Quantization and Dither, JAES 40 (1992)
 */
export function quantise16(x: Float32Array): Int16Array {
  const out = new Int16Array(x.length);
  // Two successive draws of mulberry32 a sample; its state is kept here, because a call for each would be the cost.
  let state = DITHER_SEED | 0;
  for (let i = 0; i < x.length; i++) {
    const first = nextState(state);
    state = nextState(first);
    const q = Math.floor(32_768 * x[i] + drawnAt(first) - drawnAt(state) + 0.5);
    out[i] = q > 32_767 ? 32_767 : q < -32_768 ? -32_768 : q;
  }
  return out;
}

/**
 * Stage 9: 24-bit integers in ±2²³, rounded to nearest, clipped to the range.
 * @param out may lie over `x`, which then is no more
 */
export function quantise24(x: Float32Array, out = new Int32Array(x.length)): Int32Array {
  for (let i = 0; i < x.length; i++) {
    const q = Math.floor(8_388_608 * x[i] + 0.5);
    out[i] = q > 8_388_607 ? 8_388_607 : q < -8_388_608 ? -8_388_608 : q;
  }
  return out;
}

/** Stage 9: {@link quantise24} in the upper bytes of 32-bit integers, as encoders take it; `out` as there. */
export function quantise24In32(x: Float32Array, out = new Int32Array(x.length)): Int32Array {
  quantise24(x, out);
  for (let i = 0; i < out.length; i++) out[i] <<= 8;
  return out;
}

/** Stage 10: the samples of 16-bit integers, full scale 1.0. */
export function samplesOf16(pcm: Int16Array): Float32Array {
  const out = new Float32Array(pcm.length);
  for (let i = 0; i < pcm.length; i++) out[i] = pcm[i] / 32_768;
  return out;
}
