const MOST_A_SESSION = 6;

/** As much of a stream as its registry knows. */
type Closeable = Readonly<{ close(reason: string): void }>;

/** The streams that are open now: so many a session, and all of them ended when the process drains. */
export class OpenStreams {
  readonly #counts = new Map<string, number>();
  readonly #open = new Set<Closeable>();

  isFull(key: string): boolean {
    return (this.#counts.get(key) ?? 0) >= MOST_A_SESSION;
  }

  add(key: string, stream: Closeable): void {
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
    this.#open.add(stream);
  }

  remove(key: string, stream: Closeable): void {
    if (!this.#open.delete(stream)) return;
    const left = (this.#counts.get(key) ?? 1) - 1;
    if (left > 0) this.#counts.set(key, left);
    else this.#counts.delete(key);
  }

  closeAll(): void {
    for (const stream of this.#open) stream.close('restart');
  }
}
