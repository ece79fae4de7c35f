import { type Clock, clockOf } from '@gts/kernel';

type Planned = { readonly atMs: number; readonly order: number; run: (() => void) | undefined };

const START_MS = Date.UTC(2026, 0, 1);
const hop = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/**
 * Time that jumps to the next thing that is planned. Between two things everything that was started runs as far as
 * it can: code that awaits only stores and planned things never needs more than one turn of the event loop.
 */
export class VirtualTime {
  readonly clock: Clock;
  readonly #heap: Planned[] = [];
  #nowMs = START_MS;
  #order = 0;

  constructor() {
    this.clock = clockOf(() => this.#nowMs);
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  /** Milliseconds since the run began. */
  get elapsedMs(): number {
    return this.#nowMs - START_MS;
  }

  after(ms: number, run: () => void): () => void {
    const planned: Planned = { atMs: this.#nowMs + Math.max(0, ms), order: this.#order++, run };
    this.#push(planned);
    return () => void (planned.run = undefined);
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => void this.after(ms, resolve));
  }

  /** Lets things happen for so long. */
  async pass(ms: number): Promise<void> {
    const until = this.#nowMs + ms;
    await hop();
    for (let next = this.#heap[0]; next && next.atMs <= until; next = this.#heap[0]) {
      this.#pop();
      if (!next.run) continue;
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.run();
      await hop();
    }
    this.#nowMs = until;
  }

  #before(a: number, b: number): boolean {
    const [x, y] = [this.#heap[a], this.#heap[b]];
    if (!x || !y) return false;
    return x.atMs < y.atMs || (x.atMs === y.atMs && x.order < y.order);
  }

  #swap(a: number, b: number): void {
    const [x, y] = [this.#heap[a], this.#heap[b]];
    if (!x || !y) return;
    this.#heap[a] = y;
    this.#heap[b] = x;
  }

  #push(planned: Planned): void {
    let at = this.#heap.push(planned) - 1;
    for (let up = (at - 1) >> 1; at > 0 && this.#before(at, up); up = (at - 1) >> 1) {
      this.#swap(at, up);
      at = up;
    }
  }

  #pop(): void {
    const last = this.#heap.pop();
    if (!last || this.#heap.length === 0) return;
    this.#heap[0] = last;
    for (let at = 0; ;) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      const low = this.#before(right, left) ? right : left;
      if (!this.#before(low, at)) return;
      this.#swap(low, at);
      at = low;
    }
  }
}
