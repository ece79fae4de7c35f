/** 2 ms and 10 ms in frames: the edges of every signal that begins or ends. */
const FADE_IN = 96;
const FADE_OUT = 480;

const weight = (i: number, n: number): number => 0.5 - 0.5 * Math.cos((Math.PI * (i + 0.5)) / n);

/** Fades the first 2 ms in and the last 10 ms before `end` out, in place; shorter signals fade over their length. */
export function fadeEdges(x: Float32Array, end: number = x.length): void {
  const fadeIn = Math.min(FADE_IN, end);
  const fadeOut = Math.min(FADE_OUT, end);
  for (let i = 0; i < fadeIn; i++) x[i] *= weight(i, fadeIn);
  for (let i = 0; i < fadeOut; i++) x[end - 1 - i] *= weight(i, fadeOut);
}
