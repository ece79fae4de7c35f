import type { Scheduler } from '../ports';

type Waiting = Readonly<{ alone: boolean; go: () => void }>;
type Wish = Readonly<{ sinceMs: number; untilMs: number }>;
/** Gives the turn back. */
export type Leave = () => void;

/** How long a wish to be alone keeps new work from starting; whoever asks again within it renews it. */
const WISH_MS = 3000;
/** Whoever could not be alone for so long runs beside the others: a crash may cost an attempt, waiting for ever more. */
const PATIENCE_MS = 60_000;

/**
 * Who may run beside whom in this process. Long work runs side by side; a message that may have killed the process
 * before runs while nothing else is at stake, so that its crash costs no innocent item an attempt.
 */
export class Turns {
  readonly #scheduler: Pick<Scheduler, 'after' | 'nowMs'>;
  readonly #waiting: Waiting[] = [];
  readonly #wishes = new Map<string, Wish>();
  #together = 0;
  #alone = false;

  constructor(scheduler: Pick<Scheduler, 'after' | 'nowMs'>) {
    this.#scheduler = scheduler;
  }

  /** Waits only behind those who are, or want to be, alone. */
  together(): Promise<Leave> {
    return this.#ask(false);
  }

  alone(): Promise<Leave> {
    return this.#ask(true);
  }

  /** Alone now; else nothing, and no new work starts for a while: ask again soon. */
  aloneNow(who: string): Leave | undefined {
    const now = this.#scheduler.nowMs();
    const sinceMs = this.#wishes.get(who)?.sinceMs ?? now;
    const free = !this.#alone && this.#together === 0;
    if (free || now - sinceMs > PATIENCE_MS) {
      this.#wishes.delete(who);
      return this.#enter(free);
    }
    this.#wishes.set(who, { sinceMs, untilMs: now + WISH_MS });
    this.#scheduler.after(WISH_MS + 1, () => this.#next());
    return undefined;
  }

  #ask(alone: boolean): Promise<Leave> {
    return new Promise((resolve) => {
      this.#waiting.push({ alone, go: () => resolve(this.#enter(alone)) });
      this.#next();
    });
  }

  #enter(alone: boolean): Leave {
    if (alone) this.#alone = true;
    else this.#together += 1;
    let left = false;
    return () => {
      if (left) return;
      left = true;
      if (alone) this.#alone = false;
      else this.#together -= 1;
      this.#next();
    };
  }

  #next(): void {
    for (let [first] = this.#waiting; first && this.#fits(first); [first] = this.#waiting) {
      this.#waiting.shift();
      first.go();
    }
  }

  #fits({ alone }: Waiting): boolean {
    return !this.#alone && !this.#wished() && (!alone || this.#together === 0);
  }

  #wished(): boolean {
    const now = this.#scheduler.nowMs();
    for (const [who, { untilMs }] of this.#wishes) if (untilMs < now) this.#wishes.delete(who);
    return this.#wishes.size > 0;
  }
}
