import { acceptIrWav, type Ir, prepareIr, prepareReverb, sha256, type Tell } from '@gts/audio';

/** A set rarely plays through more; 1 MB each up to 0.7 s. The longest, of 10 s, would take 36 MB: it is not kept. */
const MOST_KEPT = 4;
const MOST_KEPT_BYTES = 16_000_000;
const bytesOf = ({ samples, spectrum }: Ir): number => samples.byteLength + spectrum.byteLength;

/** Impulse responses in this thread with their spectra; what was used longest ago goes first. */
export class Responses {
  private readonly kept = new Map<string, Ir>();

  /** @throws `ir.*` */
  readonly cabinet = (file: Uint8Array, tell: Tell): Ir => this.of('cabinet', file, () => prepareIr(read(file, tell)));
  /** Scaled to equal energy. @throws `ir.*` */
  readonly reverb = (file: Uint8Array, tell: Tell): Ir =>
    this.of('reverb', file, () => prepareReverb(read(file, tell)));

  /** After a fault nothing is trusted that the thread had made. */
  forget(): void {
    this.kept.clear();
  }

  private of(use: string, file: Uint8Array, make: () => Ir): Ir {
    const key = `${use} ${sha256(file)}`;
    const ir = this.kept.get(key) ?? make();
    this.kept.delete(key);
    this.kept.set(key, ir);
    this.shrink();
    return ir;
  }

  private shrink(): void {
    for (const oldest of this.kept.keys()) {
      const bytes = [...this.kept.values()].reduce((sum, each) => sum + bytesOf(each), 0);
      if (this.kept.size <= MOST_KEPT && bytes <= MOST_KEPT_BYTES) return;
      this.kept.delete(oldest);
    }
  }
}

const read = (file: Uint8Array, tell: Tell): Float32Array => acceptIrWav(file, undefined, tell).samples;
