/** Results up to a number of bytes; what was used longest ago goes first. A result above the limit is not kept. */
export class Kept<V> {
  private readonly entries = new Map<string, Readonly<{ value: V; bytes: number }>>();
  private total = 0;

  constructor(private readonly most: number) {}

  get(key: string): V | undefined {
    const found = this.entries.get(key);
    if (!found) return undefined;
    this.entries.delete(key);
    this.entries.set(key, found);
    return found.value;
  }

  set(key: string, value: V, bytes: number): void {
    this.drop(key);
    if (bytes > this.most) return;
    this.entries.set(key, { value, bytes });
    this.total += bytes;
    for (const oldest of this.entries.keys()) {
      if (this.total <= this.most) return;
      this.drop(oldest);
    }
  }

  private drop(key: string): void {
    this.total -= this.entries.get(key)?.bytes ?? 0;
    this.entries.delete(key);
  }
}
