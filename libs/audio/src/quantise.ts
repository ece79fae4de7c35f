import { mulberry32 } from './mulberry32';

/** One seed for every file: bytes can be made again, and all tones carry the same noise. */
const DITHER_SEED = 0x47545331;

/**
 * Stage 9: 16-bit integers with triangular dither of ±1 step, clipped to the range.
 * @see Lipshitz, Wannamaker & Vanderkooy, Quantization and Dither, JAES 40 (1992)
 */
export function quantise16(x: Float32Array): Int16Array {
  const out = new Int16Array(x.length);
  const draw = mulberry32(DITHER_SEED);
  for (let i = 0; i < x.length; i++) {
    const u1 = draw();
    const u2 = draw();
    const q = Math.floor(32_768 * x[i] + u1 - u2 + 0.5);
    out[i] = q > 32_767 ? 32_767 : q < -32_768 ? -32_768 : q;
  }
  return out;
}

/** Stage 9: 24-bit integers in ±2²³, rounded to nearest, clipped to the range. */
export function quantise24(x: Float32Array): Int32Array {
  const out = new Int32Array(x.length);
  for (let i = 0; i < x.length; i++) {
    const q = Math.floor(8_388_608 * x[i] + 0.5);
    out[i] = q > 8_388_607 ? 8_388_607 : q < -8_388_608 ? -8_388_608 : q;
  }
  return out;
}
