import type { TransactionRef } from './transaction-ref.ts';

type Last = { readonly number: bigint; readonly answer: Promise<Buffer>; at: number };

const KEPT_MS = 30 * 60_000;
const MAX_SESSIONS = 10_000;

/** The last write of each session with its answer, so that a write whose answer got lost has no second effect. */
export class RetryableWrites {
  readonly #last = new Map<string, Last>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** The answer this write had, also while it is still under way; else runs it. A failed one may be tried again. */
  answer({ session, number }: TransactionRef, write: () => Promise<Buffer>): Promise<Buffer> {
    const last = this.#last.get(session);
    if (last?.number === number) return last.answer;
    const answer = write();
    this.#keep(session, { number, answer, at: this.#now() });
    answer.catch(() => this.#last.get(session)?.number === number && this.#last.delete(session));
    return answer;
  }

  #keep(session: string, last: Last): void {
    this.#last.delete(session);
    this.#last.set(session, last);
    for (const [old, { at }] of this.#last) {
      if (this.#last.size <= MAX_SESSIONS && this.#now() - at < KEPT_MS) return;
      this.#last.delete(old);
    }
  }
}
