import { cosine, sine } from '../trig';

const TAPS = 24;
const BEFORE = 11;

/** One of the three filters between two samples: `p` quarters of a sample ahead. */
function phase(p: number): readonly number[] {
  const h = Array.from({ length: TAPS }, (_, k) => {
    const t = k - BEFORE - p / 4;
    return (sine(Math.PI * t) / (Math.PI * t)) * (0.5 + 0.5 * cosine((2 * Math.PI * t) / TAPS));
  });
  const sum = h.reduce((a, v) => a + v, 0);
  return h.map((v) => v / sum);
}

const [H1, H2, H3] = [phase(1), phase(2), phase(3)];

/** The filters as the kernel takes them: for each of 12 pairs of taps the even and odd part of phase 1, then phase 2. */
export const tapPairs: readonly number[] = H1.slice(0, TAPS / 2).flatMap((early, k) => {
  const late = H1[TAPS - 1 - k];
  return [(early + late) / 2, (early - late) / 2, H2[k]];
});

/** No filter raises a peak by more than its absolute sum; the margin covers the rounding of float32. */
export const mostRise = Math.max(...[H1, H2, H3].map((h) => h.reduce((a, v) => a + Math.abs(v), 0))) * (1 + 1e-5);

/**
 * K-weighting at 48 kHz: b0, b1, b2, a1, a2 of the shelf, then a1, a2 of the high-pass.
 * @see ITU-R BS.1770-4, tables 1 and 2
 */
export const kWeighting: readonly number[] = [
  1.53512485958697, -2.69169618940638, 1.19839281085285, -1.69065929318241, 0.73248077421585, -1.99004745483398,
  0.99007225036621,
];
