import { cosine } from './trig';

/** 2 ms and 10 ms in frames: the edges of every signal that begins or ends. */
const FADE_IN = 96;
const FADE_OUT = 480;

const weight = (i: number, n: number): number => 0.5 - 0.5 * cosine((Math.PI * (i + 0.5)) / n);

/** Fades the first samples in, in place; 10 ms, or the whole of what is shorter. */
export function fadeIn(x: Float32Array, frames: number = FADE_OUT): void {
  const n = Math.min(frames, x.length);
  for (let i = 0; i < n; i++) x[i] *= weight(i, n);
}

/** Fades the last samples out, in place; 10 ms, or the whole of what is shorter. */
export function fadeOut(x: Float32Array): void {
  const n = Math.min(FADE_OUT, x.length);
  for (let i = 0; i < n; i++) x[x.length - 1 - i] *= weight(i, n);
}

/** Fades the first 2 ms in and the last 10 ms before `end` out, in place; shorter signals fade over their length. */
export function fadeEdges(x: Float32Array, end: number = x.length): void {
  const sound = x.subarray(0, end);
  fadeIn(sound, FADE_IN);
  fadeOut(sound);
}
