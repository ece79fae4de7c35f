/** `unknown`: PostgreSQL went away while it committed. */
export type Outcome = 'committed' | 'aborted' | 'unknown';

const KEPT_MS = 300_000;
const MAX = 10_000;

/** How transactions ended, for as long as a client may ask again. */
export class Outcomes {
  readonly #ended = new Map<string, { outcome: Outcome; at: number }>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  set(transaction: string, outcome: Outcome): void {
    this.#ended.delete(transaction);
    this.#ended.set(transaction, { outcome, at: this.#now() });
    for (const [old, { at }] of this.#ended) {
      if (this.#ended.size <= MAX && this.#now() - at < KEPT_MS) return;
      this.#ended.delete(old);
    }
  }

  get(transaction: string): Outcome | undefined {
    const ended = this.#ended.get(transaction);
    return ended && this.#now() - ended.at < KEPT_MS ? ended.outcome : undefined;
  }
}
