/** 10 ms at 48 kHz. */
const FADE = 480;

type Voice = { readonly samples: Float32Array | null; at: number };
const SILENCE: Voice = { samples: null, at: 0 };

function next(voice: Voice): number {
  const { samples } = voice;
  if (!samples) return 0;
  const value = samples[voice.at] ?? 0;
  voice.at = (voice.at + 1) % samples.length;
  return value;
}

/**
 * Repeats a signal without end. What is handed to it fades in over 10 ms, linearly, from the position that sounds,
 * while the other fades out; a swap within a fade waits for its end, and only the last one that waits is heard.
 */
export class Loop {
  private heard: Voice = SILENCE;
  private coming: Voice | undefined;
  private faded = 0;
  private waiting: Float32Array | null | undefined;

  /** Null is silence; the next signal after it starts at its beginning. */
  swap(samples: Float32Array | null): void {
    this.waiting = samples?.length === 0 ? null : samples;
    this.begin();
  }

  /** Nothing sounds and nothing will until the next swap. */
  get silent(): boolean {
    return !this.heard.samples && !this.coming;
  }

  fill(out: Float32Array): void {
    for (let i = 0; i < out.length; i++) out[i] = this.sample();
  }

  private begin(): void {
    if (this.coming || this.waiting === undefined) return;
    const samples = this.waiting;
    this.waiting = undefined;
    if (samples === this.heard.samples) return;
    this.coming = samples ? { samples, at: this.heard.at % samples.length } : SILENCE;
    this.faded = 0;
  }

  private sample(): number {
    const value = next(this.heard);
    if (!this.coming) return value;
    this.faded += 1;
    const mixed = value + ((next(this.coming) - value) * this.faded) / FADE;
    if (this.faded === FADE) this.arrive(this.coming);
    return mixed;
  }

  private arrive(voice: Voice): void {
    this.heard = voice;
    this.coming = undefined;
    this.begin();
  }
}
