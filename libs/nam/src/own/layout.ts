/** First byte of a plan; the kernel's own data lies below. */
export const BASE = 65_536;
const FLOAT = 4;
const LINE = 16;
/** Floats behind each row: vectors may write past the block's end, and rows must not share their cache sets. */
const GAP = 32;
const ROW_LANES = 8;

export const upTo = (n: number, multiple: number): number => Math.ceil(n / multiple) * multiple;

/** Rows of one signal, [channel][frame]; addresses and strides in bytes. */
export type Rows = Readonly<{
  /** Frame 0 of the block in row 0. */
  at: number;
  stride: number;
  /** A multiple of 4: rows beyond the model's channels stay silent. */
  channels: number;
  /** Bytes kept in front of `at`. */
  history: number;
  /** Holds one window of the kernel instead of a whole block. */
  window: boolean;
}>;

type Shape = Readonly<{ channels: number; frames: number; history?: number; window?: boolean }>;

/** Hands out the memory of one plan: first all rows, which start silent, then constants, which are its image. */
export class Layout {
  private top = BASE;
  private constantsAt = 0;
  private readonly pieces: (readonly [at: number, values: Float32Array])[] = [];

  rows({ channels, frames, history = 0, window = false }: Shape): Rows {
    const before = upTo(history, ROW_LANES);
    const stride = (before + frames + GAP) * FLOAT;
    const rows = upTo(channels, 4);
    return {
      at: this.reserve(rows * stride) + before * FLOAT,
      stride,
      channels: rows,
      history: before * FLOAT,
      window,
    };
  }

  /** Address of numbers that every render starts with. */
  constants(values: Float32Array): number {
    this.constantsAt ||= this.top;
    const at = this.reserve(values.length * FLOAT);
    this.pieces.push([at, values]);
    return at;
  }

  /** A vector, padded with zeros to whole groups of four. */
  vector(values: Float32Array): number {
    const whole = new Float32Array(upTo(values.length, 4));
    whole.set(values);
    return this.constants(whole);
  }

  /** What lies where: silence from BASE to `imageAt`, the image, then free memory from `end`. */
  finish(): Readonly<{ imageAt: number; image: Float32Array; end: number }> {
    const imageAt = this.constantsAt || this.top;
    const image = new Float32Array((this.top - imageAt) / FLOAT);
    for (const [at, values] of this.pieces) image.set(values, (at - imageAt) / FLOAT);
    return { imageAt, image, end: this.top };
  }

  private reserve(bytes: number): number {
    const at = this.top;
    this.top += (upTo(bytes / FLOAT, LINE) + GAP) * FLOAT;
    return at;
  }
}
