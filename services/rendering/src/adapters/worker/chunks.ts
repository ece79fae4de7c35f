import { pcmBytes, release, requireFinite, sha256 } from '@gts/audio';
import type { Model } from './models';
import { CANCEL, type CaptureTask, DONE, FINISHED, LEAVE, NEXT } from './protocol';

/** What the thread that ends a capture tells; shared samples lie in the task's `y`. */
type PlayedCapture = Readonly<{ sha256: string; samples?: Float32Array }>;

/**
 * Plays chunk after chunk into `y`, beside other threads that do the same, until none is left or this thread is
 * wanted elsewhere. Whoever finishes the last one answers; every chunk is the same bytes whoever plays it.
 * @throws `render.non_finite`; AbortError when cancelled
 */
export function playChunks(model: Model, task: CaptureTask, control: Int32Array): PlayedCapture | undefined {
  const { x, y, chunkFrames } = task;
  while (!mayLeave(control)) {
    const start = Atomics.add(control, NEXT, 1) * chunkFrames;
    if (start >= x.length) return y ? undefined : { samples: new Float32Array(), sha256: sha256('') };
    const span = { start, end: Math.min(x.length, start + chunkFrames) };
    const played = playSpan(model, { x, span }, control);
    if (!y) return { samples: played, sha256: sha256(pcmBytes(played)) };
    y.set(played, start);
    release(played);
    const frames = span.end - start;
    if (Atomics.add(control, FINISHED, frames) + frames === x.length) return { sha256: sha256(pcmBytes(y)) };
  }
  return undefined;
}

type Stretch = Readonly<{ x: Float32Array; span: Readonly<{ start: number; end: number }> }>;

function playSpan({ choice, play }: Model, { x, span }: Stretch, control: Int32Array): Float32Array {
  const cancelled = () => Atomics.load(control, CANCEL) === 1;
  const options = { cancelled, onProgress: adding(control) };
  return requireFinite(play(x, choice.divisible ? { ...options, span } : options));
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
