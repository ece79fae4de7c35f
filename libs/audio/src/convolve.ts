import { transformOf } from './transforms';

/** An impulse response at 48 kHz, ready to convolve: its spectrum is computed once. */
export type Ir = Readonly<{ samples: Float32Array; size: number; spectrum: Float64Array }>;

const sizeFor = (taps: number): number => (taps <= 16_384 ? 65_536 : 2 ** Math.ceil(Math.log2(4 * taps)));

/** Transforms h once; `samples` is kept. No normalisation, no trimming of lead time. */
export function prepareIr(samples: Float32Array): Ir {
  const size = sizeFor(samples.length);
  const data = new Float64Array(2 * size);
  for (let i = 0; i < samples.length; i++) data[2 * i] = samples[i];
  const spectrum = new Float64Array(2 * size);
  transformOf(size).transform(spectrum, data);
  return { samples, size, spectrum };
}

function multiply(a: Float64Array, b: Float64Array): void {
  for (let i = 0; i < a.length; i += 2) {
    const re = a[i] * b[i] - a[i + 1] * b[i + 1];
    a[i + 1] = a[i] * b[i + 1] + a[i + 1] * b[i];
    a[i] = re;
  }
}

/**
 * Full linear convolution by overlap-add in float64; h is real, so two blocks share one complex transform.
 * @returns n + m − 1 frames in float64
 */
export function convolve64(x: Float32Array, { samples, size, spectrum }: Ir): Float64Array {
  const block = size - samples.length + 1;
  const out = new Float64Array(x.length + samples.length - 1);
  const transform = transformOf(size);
  const time = new Float64Array(2 * size);
  const freq = new Float64Array(2 * size);
  for (let start = 0; start < x.length; start += 2 * block) {
    const second = start + block;
    time.fill(0);
    for (let i = 0; i < block && start + i < x.length; i++) time[2 * i] = x[start + i];
    for (let i = 0; i < block && second + i < x.length; i++) time[2 * i + 1] = x[second + i];
    transform.transform(freq, time);
    multiply(freq, spectrum);
    transform.inverseTransform(time, freq);
    for (let i = 0; i < size && start + i < out.length; i++) out[start + i] += time[2 * i];
    for (let i = 0; i < size && second + i < out.length; i++) out[second + i] += time[2 * i + 1];
  }
  return out;
}

/** Stage 5b: {@link convolve64} rounded to float32, the tail kept. */
export const convolve = (x: Float32Array, ir: Ir): Float32Array => Float32Array.from(convolve64(x, ir));
