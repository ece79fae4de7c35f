type Cursor = {
  readonly continuation: Buffer;
  readonly namespace: string;
  readonly transaction: string | undefined;
  usedAt: number;
};

const MAX_AGE_MS = 600_000;

/** Where each open cursor goes on. Bounded in number and age, since a client may forget to close its cursors. */
export class Cursors {
  readonly #open = new Map<bigint, Cursor>();
  readonly #now: () => number;
  readonly #max: number;

  constructor(now: () => number, max = 10_000) {
    this.#now = now;
    this.#max = max;
  }

  get size(): number {
    return this.#open.size;
  }

  put(id: bigint, cursor: Omit<Cursor, 'usedAt'>): void {
    this.#open.delete(id);
    this.#open.set(id, { ...cursor, usedAt: this.#now() });
    this.#sweep();
  }

  /** The cursor, if it is open in this database and this transaction. */
  get(id: bigint, transaction: string | undefined): Cursor | undefined {
    this.#sweep();
    const cursor = this.#open.get(id);
    return cursor?.transaction === transaction ? cursor : undefined;
  }

  delete(id: bigint): boolean {
    return this.#open.delete(id);
  }

  /** A transaction takes its cursors along when it ends. */
  endTransaction(transaction: string): void {
    for (const [id, cursor] of this.#open) if (cursor.transaction === transaction) this.#open.delete(id);
  }

  /** The map keeps the order of use: the oldest come first. */
  #sweep(): void {
    for (const [id, { usedAt }] of this.#open) {
      if (this.#open.size <= this.#max && this.#now() - usedAt < MAX_AGE_MS) return;
      this.#open.delete(id);
    }
  }
}
