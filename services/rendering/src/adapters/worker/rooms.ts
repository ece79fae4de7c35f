/** Rooms that wait for their next signal: two workers play two captures, of two signals each. */
const MOST_KEPT_BYTES = 64_000_000;

/** Shared memory that signals take one after the other: what is dead of it goes only after a collection in every thread. */
export class Rooms {
  private kept: SharedArrayBuffer[] = [];

  /** Room for so many frames; what it holds is anybody's. */
  take(frames: number): Float32Array<SharedArrayBuffer> {
    const bytes = 4 * frames;
    const fitting = this.kept.filter(({ byteLength }) => byteLength >= bytes && byteLength <= 2 * bytes);
    const [room = new SharedArrayBuffer(bytes)] = fitting.toSorted((a, b) => a.byteLength - b.byteLength);
    this.kept = this.kept.filter((each) => each !== room);
    return new Float32Array(room, 0, frames);
  }

  /** Nobody reads or writes them any more. */
  giveBack(...signals: readonly Float32Array<SharedArrayBuffer>[]): void {
    this.kept.push(...signals.map(({ buffer }) => buffer));
    while (this.kept.reduce((sum, { byteLength }) => sum + byteLength, 0) > MOST_KEPT_BYTES) this.kept.shift();
  }
}
