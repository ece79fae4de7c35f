declare module 'fft.js' {
  /** Radix-4 complex transform of a power of two in float64; re and im interleaved; the inverse divides by the size. */
  class FFT {
    constructor(size: number);
    /** Cosine and negative sine of πi/size, interleaved. */
    readonly table: number[];
    transform(out: Float64Array, data: Float64Array): void;
    inverseTransform(out: Float64Array, data: Float64Array): void;
  }
  export = FFT;
}
