import FFT from 'fft.js';

const transforms = new Map<number, FFT>();

/** The complex transform of one size, a power of two; its tables are made once. */
export function transformOf(size: number): FFT {
  const transform = transforms.get(size) ?? new FFT(size);
  transforms.set(size, transform);
  return transform;
}
