/** Sample rate of everything the player touches. */
export const RATE = 48_000;
const PLAY_AHEAD_SECONDS = 0.05;
const SWITCH_AHEAD_SECONDS = 0.005;
// The page's view of the clock lags behind the audio thread: by less than 3 ms on an idle machine, by 9 ms now and then on
// a busy one. What comes too late is heard as a click; later by the length of a picture is not.
const RENDER_SLACK_SECONDS = 0.016;

// A time that should be a whole frame may miss it by a rounding of its division.
const EPSILON = 1e-6;

/** First whole frame at or after a context time. */
const frameAtOrAfter = (seconds: number): number => Math.ceil(seconds * RATE - EPSILON);
export const secondsOf = (frame: number): number => frame / RATE;
export const framesOfMs = (ms: number): number => Math.round((ms * RATE) / 1000);
export const msOfFrames = (frames: number): number => (frames * 1000) / RATE;

/** Where sources may begin: far enough ahead that all of them start on the same frame. */
export const startFrame = (context: BaseAudioContext): number =>
  frameAtOrAfter(context.currentTime + PLAY_AHEAD_SECONDS);

/** Where a switch may begin: less ahead, and the audio thread has already rendered past it. */
export const switchFrame = (context: AudioContext): number =>
  frameAtOrAfter(
    context.currentTime + Math.max(SWITCH_AHEAD_SECONDS, (context.baseLatency || 0) + RENDER_SLACK_SECONDS),
  );

/** Context time that is heard now. */
export function audibleTime(context: AudioContext): number {
  const { contextTime } = context.getOutputTimestamp();
  return contextTime || context.currentTime - (context.outputLatency || 0);
}

/** The run of the tape: frame `offset` of every tone sounds at frame `start` of the context. */
export type Tape = Readonly<{ start: number; offset: number }>;

/** Frame of the tones that belongs to a frame of the context. */
export const tapeFrame = (tape: Tape, contextFrame: number): number => tape.offset + contextFrame - tape.start;
