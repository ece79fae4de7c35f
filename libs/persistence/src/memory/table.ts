/** Rows with one open transaction over them: the reader sees what is committed, the writer its changes too. */
export class Table<V> {
  readonly committed = new Map<string, V>();
  readonly #changed = new Map<string, V | undefined>();
  readonly #undo: (() => void)[] = [];

  get(key: string, dirty: boolean): V | undefined {
    return dirty && this.#changed.has(key) ? this.#changed.get(key) : this.committed.get(key);
  }

  *entries(dirty: boolean): Generator<[string, V]> {
    for (const entry of this.committed) if (!dirty || !this.#changed.has(entry[0])) yield entry;
    if (dirty) for (const [key, value] of this.#changed) if (value !== undefined) yield [key, value];
  }

  *values(dirty: boolean): Generator<V> {
    for (const [, value] of this.entries(dirty)) yield value;
  }

  /** Undefined removes. */
  set(key: string, value: V | undefined): void {
    const [had, old] = [this.#changed.has(key), this.#changed.get(key)];
    this.#undo.push(() => void (had ? this.#changed.set(key, old) : this.#changed.delete(key)));
    this.#changed.set(key, value);
  }

  mark(): number {
    return this.#undo.length;
  }

  rollbackTo(mark: number): void {
    while (this.#undo.length > mark) this.#undo.pop()?.();
  }

  commit(): void {
    for (const [key, value] of this.#changed)
      if (value === undefined) this.committed.delete(key);
      else this.committed.set(key, value);
    this.#changed.clear();
    this.#undo.length = 0;
  }
}
