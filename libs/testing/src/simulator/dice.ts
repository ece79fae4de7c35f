/** Randomness from one seed: mulberry32, 32 bits of state. */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** Chance for one purpose of a seed: the same whatever else was thrown before. */
  static named(seed: number, purpose: string): Dice {
    let mixed = 0x811c9dc5 ^ seed;
    for (let at = 0; at < purpose.length; at++) mixed = Math.imul(mixed ^ purpose.charCodeAt(at), 0x01000193);
    return new Dice(mixed);
  }

  /** 0 up to, not including, 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** A whole number, both ends included. */
  between(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1));
  }

  pick<T>(list: readonly [T, ...T[]]): T {
    return list[this.between(0, list.length - 1)] ?? list[0];
  }

  /** Mostly short, sometimes much longer: how networks and disks answer. */
  delayMs(usualMs: number): number {
    return this.chance(0.05) ? this.between(usualMs * 10, usualMs * 40) : this.between(0, usualMs);
  }
}
