const MINUTE_MS = 60_000;

/** What was seen within the last minute. */
export class Recent {
  readonly #seen = new Map<string, number>();
  readonly #nowMs: () => number;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** True the first time in a minute. */
  isNew(name: string): boolean {
    const now = this.#nowMs();
    for (const [old, at] of this.#seen) {
      if (now - at < MINUTE_MS) break;
      this.#seen.delete(old);
    }
    if (this.#seen.has(name)) return false;
    this.#seen.set(name, now);
    return true;
  }
}
