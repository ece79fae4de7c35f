import FFT from 'fft.js';
import { cosine, sine } from './trig';

const transforms = new Map<number, FFT>();

/** The package asks the platform for its table, whose last bits are no two engines' same. */
function makeTransform(size: number): FFT {
  const transform = new FFT(size);
  transform.table.forEach((_, i) => {
    const angle = (Math.PI * (i & ~1)) / size;
    transform.table[i] = i & 1 ? -sine(angle) : cosine(angle);
  });
  return transform;
}

/** The complex transform of one size, a power of two; its tables are made once. */
export function transformOf(size: number): FFT {
  const transform = transforms.get(size) ?? makeTransform(size);
  transforms.set(size, transform);
  return transform;
}
