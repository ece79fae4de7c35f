import { seeded } from './nam-file';

const STRINGS = [82.4, 110, 146.8, 196, 246.9, 329.6];
const RATE = 48_000;
const EVERY = RATE / 4;

/** Seeded Karplus-Strong plucks, mono at 48 kHz: six strings in turn, a note of a second every quarter of one. */
export function plucks(frames: number, seed = 17): Float32Array {
  const draw = seeded(seed);
  const x = new Float32Array(frames);
  for (let note = 0; note * EVERY < frames; note++) {
    const period = Math.round(RATE / (STRINGS[note % STRINGS.length] ?? NaN));
    const ring = Array.from({ length: period }, () => 2 * draw() - 1);
    const end = Math.min(frames, note * EVERY + RATE);
    for (let at = note * EVERY, i = 0; at < end; at++, i = (i + 1) % period) {
      const value = ring[i] ?? NaN;
      x[at] = (x[at] ?? NaN) + 0.25 * value;
      ring[i] = 0.498 * (value + (ring[(i + 1) % period] ?? NaN));
    }
  }
  return x;
}
