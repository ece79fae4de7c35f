import { type Cancel, repeat, type Scheduler } from './ports';

/** Work in rounds that a service starts and stops. A long round looks at `stopped` between its parts. */
export class Rounds {
  readonly #run: () => Promise<void>;
  #cancel: Cancel = () => undefined;
  #stopped = false;
  #current: Promise<void> = Promise.resolve();

  constructor(run: () => Promise<void>) {
    this.#run = run;
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  /** The next round begins `everyMs` after the last one ended. */
  start(scheduler: Scheduler, everyMs: number): void {
    this.#cancel = repeat(
      scheduler,
      () => everyMs,
      () => (this.#current = this.#run()),
    );
  }

  /** Resolves when the round that it is in has ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel();
    await this.#current;
  }
}
