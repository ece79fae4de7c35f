/** Runs work on the same thing one after another, on different things side by side. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();

  async run<R>(thing: string, work: () => Promise<R>): Promise<R> {
    const before = this.#last.get(thing);
    const mine = (before ?? Promise.resolve()).then(work, work);
    this.#last.set(thing, mine);
    try {
      return await mine;
    } finally {
      if (this.#last.get(thing) === mine) this.#last.delete(thing);
    }
  }
}
