import { pcmBytes, requireFinite, sha256 } from '@gts/audio';
import type { Model } from './models';
import { CANCEL, type CaptureTask, DONE, FINISHED, LEAVE, NEXT } from './protocol';

/** What the thread that ends a capture tells: its samples lie in the task's `y`. */
type PlayedCapture = Readonly<{ sha256: string }>;

/**
 * Plays chunk after chunk into `y`, beside other threads that do the same, until none is left or this thread is
 * wanted elsewhere. Whoever finishes the last one answers; every chunk is the same bytes whoever plays it.
 * @throws `render.non_finite`; AbortError when cancelled
 */
export function playChunks({ choice, play }: Model, task: CaptureTask, control: Int32Array): PlayedCapture | undefined {
  const { x, y, chunkFrames } = task;
  const cancelled = () => Atomics.load(control, CANCEL) === 1;
  while (!mayLeave(control)) {
    const start = Atomics.add(control, NEXT, 1) * chunkFrames;
    if (start >= x.length) return undefined;
    const span = { start, end: Math.min(x.length, start + chunkFrames) };
    const options = { cancelled, onProgress: adding(control) };
    y.set(requireFinite(play(x, choice.divisible ? { ...options, span } : options)), start);
    const frames = span.end - start;
    if (Atomics.add(control, FINISHED, frames) + frames === x.length) return { sha256: sha256(pcmBytes(y)) };
  }
  return undefined;
}

/** Takes one of the places of those that shall leave, if there is one. */
function mayLeave(control: Int32Array): boolean {
  const wanted = Atomics.load(control, LEAVE);
  return wanted > 0 && Atomics.compareExchange(control, LEAVE, wanted, wanted - 1) === wanted;
}

/** Adds what one chunk has done to what all have done. */
function adding(control: Int32Array): (done: number) => void {
  let told = 0;
  return (done) => {
    Atomics.add(control, DONE, done - told);
    told = done;
  };
}
