const STEP = 0x6d2b79f5;

/** The state after the given one. */
export const nextState = (state: number): number => (state + STEP) | 0;

/** The number in [0, 1) that belongs to a state. */
export function drawnAt(state: number): number {
  let t = Math.imul(state ^ (state >>> 15), state | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
}

/**
 * The only source of randomness in audio: 32-bit state, uniform numbers in [0, 1), equal on every machine.
 * @param seed any unsigned 32-bit integer
 */
export function mulberry32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = nextState(state);
    return drawnAt(state);
  };
}
