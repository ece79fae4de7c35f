import { type Tell, untold } from './tell';
import { transformOf } from './transforms';

/** An impulse response at 48 kHz, ready to convolve: its spectrum is computed once. */
export type Ir = Readonly<{ samples: Float32Array; size: number; spectrum: Float64Array }>;

const SMALL = 65_536;
/**
 * The design's rule goes to the next size from 16 384 taps on; up to half of the small size it is the faster one, because
 * its data stay in the cache (0.5 s of response: a third less time).
 */
const sizeFor = (taps: number): number => (taps <= SMALL / 2 ? SMALL : 2 ** Math.ceil(Math.log2(4 * taps)));

/** Transforms h once; `samples` is kept. No normalisation, no trimming of lead time. */
export function prepareIr(samples: Float32Array): Ir {
  const size = sizeFor(samples.length);
  const { re, im, forward } = transformOf(size);
  put(re, samples);
  im.fill(0);
  forward();
  const spectrum = new Float64Array(2 * size);
  // The inverse transform leaves a factor of the size, a power of two: it goes into the spectrum without a rounding.
  for (let i = 0; i < size; i++) [spectrum[i], spectrum[size + i]] = [re[i] / size, im[i] / size];
  return { samples, size, spectrum };
}

/** Writes a block, and silence behind it. */
function put(part: Float64Array, block: Float32Array): void {
  part.set(block);
  part.fill(0, block.length);
}

/** Takes samples that begin at a frame; the last block's tail comes with it. */
type Sink = (at: number, from: Float64Array) => void;

/** Adds what reached over the end of the block before. */
function addTail(part: Float64Array, before: Float64Array, block: number): void {
  for (let i = block; i < before.length; i++) part[i - block] += before[i];
}

/**
 * Full linear convolution by overlap-add in float64; h is real, so two blocks share one complex transform. Block after
 * block goes to `sink`: a whole tone in float64 would be twice as large as the tone.
 */
function convolveInto(sink: Sink, x: Float32Array, { ir, tell }: Readonly<{ ir: Ir; tell: Tell }>): void {
  const { samples, size, spectrum } = ir;
  const block = size - samples.length + 1;
  const { re, im, forward, inverse, multiply } = transformOf(size);
  const tail = new Float64Array(size);
  for (let start = 0; start < x.length; start += 2 * block) {
    put(re, x.subarray(start, start + block));
    put(im, x.subarray(start + block, start + 2 * block));
    forward();
    multiply(spectrum);
    inverse();
    addTail(re, tail, block);
    addTail(im, re, block);
    tail.set(im);
    sink(start, re.subarray(0, block));
    sink(start + block, im);
    tell(Math.min(1, (start + 2 * block) / x.length));
  }
}

type Samples = Float32Array | Float64Array;

/** Writes into all of `y`; what comes later stands over what reached there before. */
const into =
  (y: Samples): Sink =>
  (at, from) => {
    if (at < y.length) y.set(from.subarray(0, y.length - at), at);
  };

/** The whole in float64. @returns n + m − 1 frames */
export function convolve64(x: Float32Array, ir: Ir, tell = untold): Float64Array {
  const y = new Float64Array(x.length + ir.samples.length - 1);
  convolveInto(into(y), x, { ir, tell });
  return y;
}

/** Stage 5b: the convolution rounded to float32, the tail kept. @returns n + m − 1 frames */
export function convolve(x: Float32Array, ir: Ir, tell = untold): Float32Array {
  const y = new Float32Array(x.length + ir.samples.length - 1);
  convolveInto(into(y), x, { ir, tell });
  return y;
}
