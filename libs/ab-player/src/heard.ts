import { msOfFrames } from './clock';

/** Counts how long each tone was the sounding one, in frames of the tones. */
export class Heard {
  private readonly frames = new Map<string, number>();
  private current: { id: string; from: number } | undefined;

  reset(): void {
    this.frames.clear();
    this.current = undefined;
  }

  begin(id: string, frame: number): void {
    this.current = { id, from: frame };
  }

  switchTo(id: string, frame: number): void {
    this.end(frame);
    this.begin(id, frame);
  }

  end(frame: number): void {
    if (this.current) this.add(this.current.id, frame - this.current.from);
    this.current = undefined;
  }

  /** Milliseconds by id; `now` is the frame that sounds, if any. */
  totals(now: number | undefined): ReadonlyMap<string, number> {
    const totals = new Map([...this.frames].map(([id, frames]) => [id, msOfFrames(frames)]));
    if (this.current && now !== undefined) {
      const { id, from } = this.current;
      totals.set(id, (totals.get(id) ?? 0) + msOfFrames(Math.max(0, now - from)));
    }
    return totals;
  }

  private add(id: string, frames: number): void {
    this.frames.set(id, (this.frames.get(id) ?? 0) + Math.max(0, frames));
  }
}
