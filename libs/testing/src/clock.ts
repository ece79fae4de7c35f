import { clockOf, type Clock } from '@gts/kernel';

/** A clock that moves only when told to. */
export function manualClock(startMs = Date.UTC(2026, 0, 1)): Clock & { advance(ms: number): void } {
  let nowMs = startMs;
  return { ...clockOf(() => nowMs), advance: (ms) => void (nowMs += ms) };
}
