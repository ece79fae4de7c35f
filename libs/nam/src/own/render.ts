import { type Steps, stopped } from '../engine';
import { type OwnPlan } from './plan';
import { WORDS } from './program';
import type { Place, Room } from './room';

const PAGE = 65_536;
/** Rows of a window may be written a little past the end of the last row. */
const SPARE_PAGES = 2;

/** `span` plays [start, end) only, bit for bit the slice of the whole; WaveNet alone has spans. */
export type OwnOptions = Readonly<{
  span?: Readonly<{ start: number; end: number }>;
  /** Asked before every block. */
  cancelled?: () => boolean;
  /** Told the frames of the result that are done after every block; 0 while the model only listens. */
  onProgress?: (doneFrames: number) => void;
}>;

type Player = Place['exports'] & Readonly<{ input: Float32Array; output: Float32Array }>;

const pagesOf = ({ programAt, program }: OwnPlan): number =>
  Math.ceil((programAt + program.byteLength) / PAGE) + SPARE_PAGES;

/** Image and program over silence. */
function playerOf({ memory, exports }: Place, plan: OwnPlan): Player {
  const { play, keep } = exports;
  new Float32Array(memory.buffer, plan.imageAt, plan.image.length).set(plan.image);
  new Int32Array(memory.buffer, plan.programAt, plan.program.length).set(plan.program);
  const floats = (at: number) => new Float32Array(memory.buffer, at, plan.block);
  return { play, keep, input: floats(plan.input), output: floats(plan.output) };
}

/** x over [at, at + frames), silence outside of it. */
function listen(input: Float32Array, x: Float32Array, { at, frames }: Readonly<{ at: number; frames: number }>): void {
  const [start, end] = [Math.max(0, at), Math.min(x.length, at + frames)];
  input.fill(0);
  if (start < end) input.set(x.subarray(start, end), start - at);
}

type Job = Readonly<{ plan: OwnPlan; x: Float32Array; span?: OwnOptions['span'] | undefined }>;

/** Plays [start, end) of x: blocks from before the start, in which the model hears what it remembers there. */
export function* ownSteps(room: Room, { plan, x, span = { start: 0, end: x.length } }: Job): Steps {
  const { start, end } = span;
  if (plan.receptiveField === null && start !== 0) throw new RangeError('an LSTM plays from the start only');
  const place = room.take(pagesOf(plan));
  try {
    const { play, keep, input, output } = playerOf(place, plan);
    const y = new Float32Array(end - start);
    const keepers = plan.programAt + plan.playing * WORDS * 4;
    for (let at = start - plan.prewarm; at < end;) {
      const frames = Math.min(plan.block, (at < start ? start : end) - at);
      listen(input, x, { at, frames });
      play(plan.programAt, plan.playing, frames);
      keep(keepers, plan.keeping, frames);
      if (at >= start) y.set(output.subarray(0, frames), at - start);
      at += frames;
      yield Math.max(0, at - start);
    }
    return y;
  } finally {
    room.giveBack(place);
  }
}

/** The same without yielding the thread. */
export function renderOwn(room: Room, job: Job, { cancelled, onProgress }: Omit<OwnOptions, 'span'>): Float32Array {
  const steps = ownSteps(room, job);
  try {
    for (;;) {
      if (cancelled?.()) throw stopped();
      const next = steps.next();
      if (next.done) return next.value;
      onProgress?.(next.value);
    }
  } finally {
    steps.return(new Float32Array(0));
  }
}
