import { SAMPLE_RATE } from './units';
import { cosine, sine } from './trig';

/** Coefficients divided by a0. */
export type Biquad = Readonly<{ b0: number; b1: number; b2: number; a1: number; a2: number }>;
export type BiquadKind = 'lowpass' | 'highpass' | 'peaking' | 'lowshelf' | 'highshelf';
export type BiquadParams = Readonly<{ frequencyHz: number; q: number; gainDb?: number }>;
type Polynomials = readonly [b0: number, b1: number, b2: number, a0: number, a1: number, a2: number];
type Terms = Readonly<{ c: number; alpha: number; a: number; s: number }>;

const passed = ({ c, alpha }: Terms, sign: 1 | -1): Polynomials => {
  const edge = (1 - sign * c) / 2;
  return [edge, sign * (1 - sign * c), edge, 1 + alpha, -2 * c, 1 - alpha];
};
const peaking = ({ c, alpha, a }: Terms): Polynomials => [
  1 + alpha * a,
  -2 * c,
  1 - alpha * a,
  1 + alpha / a,
  -2 * c,
  1 - alpha / a,
];
// The high shelf is the low shelf with the cosine negated and the odd coefficients turned.
const shelf = ({ c, a, s }: Terms, sign: 1 | -1): Polynomials => {
  const k = sign * c;
  return [
    a * (a + 1 - (a - 1) * k + s),
    sign * 2 * a * (a - 1 - (a + 1) * k),
    a * (a + 1 - (a - 1) * k - s),
    a + 1 + (a - 1) * k + s,
    sign * -2 * (a - 1 + (a + 1) * k),
    a + 1 + (a - 1) * k - s,
  ];
};
const kinds: Readonly<Record<BiquadKind, (terms: Terms) => Polynomials>> = {
  lowpass: (terms) => passed(terms, 1),
  highpass: (terms) => passed(terms, -1),
  peaking,
  lowshelf: (terms) => shelf(terms, 1),
  highshelf: (terms) => shelf(terms, -1),
};

/**
 * Second-order section at 48 kHz.
 * @see Audio EQ Cookbook (R. Bristow-Johnson), W3C note of 2021
 */
export function biquad(kind: BiquadKind, { frequencyHz, q, gainDb = 0 }: BiquadParams): Biquad {
  const w = (2 * Math.PI * frequencyHz) / SAMPLE_RATE;
  const alpha = sine(w) / (2 * q);
  const a = 10 ** (gainDb / 40);
  const [b0, b1, b2, a0, a1, a2] = kinds[kind]({ c: cosine(w), alpha, a, s: 2 * Math.sqrt(a) * alpha });
  return { b0: b0 / a0, b1: b1 / a0, b2: b2 / a0, a1: a1 / a0, a2: a2 / a0 };
}

/** Runs one section over float64 in place, transposed direct form II, state from 0. */
export function runBiquad(y: Float64Array, { b0, b1, b2, a1, a2 }: Biquad): void {
  let s1 = 0;
  let s2 = 0;
  for (let i = 0; i < y.length; i++) {
    const x = y[i];
    const out = b0 * x + s1;
    s1 = b1 * x - a1 * out + s2;
    s2 = b2 * x - a2 * out;
    y[i] = out;
  }
}
