// Sine and cosine of fdlibm 5.3 (Sun Microsystems, 1993; freely usable), written out: `Math.sin` is another function in
// Chromium than in Node, and a table that differs in one bit makes another sound. Equal to Node's, bit for bit.

const PIO2_1 = 1.57079632673412561417;
const PIO2_1T = 6.07710050650619224932e-11;
const PIO2_2 = 6.0771005063039659766e-11;
const PIO2_2T = 2.02226624879595063154e-21;
const PIO2_3 = 2.0222662487111664558e-21;
const PIO2_3T = 8.47842766036889956997e-32;
const TWO_OVER_PI = 6.36619772367581382433e-1;
/** High words up to which an angle counts as at most π/4, and as below 3π/4. */
const QUARTER = 0x3fe921fb;
const THREE_QUARTERS = 0x4002d97c;
const TINY = 0x3e400000;

const view = new DataView(new ArrayBuffer(8));
function highWord(x: number): number {
  view.setFloat64(0, x);
  return view.getInt32(0) & 0x7fffffff;
}
function fromHighWord(word: number): number {
  view.setInt32(0, word);
  view.setInt32(4, 0);
  return view.getFloat64(0);
}
const multiples = Array.from({ length: 32 }, (_, i) => highWord(((i + 1) * Math.PI) / 2));

function kernelSin(x: number, y: number): number {
  if (highWord(x) < TINY) return x;
  const z = x * x;
  const v = z * x;
  const s = 2.75573137070700676789e-6 + z * (-2.50507602534068634195e-8 + z * 1.58969099521155010221e-10);
  const r = 8.33333333332248946124e-3 + z * (-1.98412698298579493134e-4 + z * s);
  const s1 = -1.66666666666666324348e-1;
  return y === 0 ? x + v * (s1 + z * r) : x - (z * (0.5 * y - v * r) - y - v * s1);
}

function kernelCos(x: number, y: number): number {
  const word = highWord(x);
  if (word < TINY) return 1;
  const z = x * x;
  const c = -2.75573143513906633035e-7 + z * (2.0875723212981748279e-9 + z * -1.13596475577881948265e-11);
  const upper = -1.38888888888741095749e-3 + z * (2.48015872894767294178e-5 + z * c);
  const r = z * (4.16666666666666019037e-2 + z * upper);
  if (word < 0x3fd33333) return 1 - (0.5 * z - (z * r - x * y));
  const q = word > 0x3fe90000 ? 0.28125 : fromHighWord(word - 0x00200000);
  return 1 - q - (0.5 * z - q - (z * r - x * y));
}

/** An angle less its multiple of π/2, in two parts; `n` is the multiple. */
type Reduced = Readonly<{ n: number; high: number; low: number }>;
const exponent = (word: number): number => word >> 20;

function nearHalfPi(x: number, word: number): Reduced {
  const first = x - PIO2_1;
  const close = word === 0x3ff921fb;
  const z = close ? first - PIO2_2 : first;
  const rest = close ? PIO2_2T : PIO2_1T;
  const high = z - rest;
  return { n: 1, high, low: z - high - rest };
}

/** Further digits of π where the first ones cancel out. */
function refine(n: number, word: number, [r, w]: readonly [number, number]): readonly [number, number] {
  const lost = (value: readonly [number, number]) => exponent(word) - exponent(highWord(value[0] - value[1]));
  if (lost([r, w]) <= 16) return [r, w];
  const r2 = r - n * PIO2_2;
  const w2 = n * PIO2_2T - (r - r2 - n * PIO2_2);
  if (lost([r2, w2]) <= 49) return [r2, w2];
  const r3 = r2 - n * PIO2_3;
  return [r3, n * PIO2_3T - (r2 - r3 - n * PIO2_3)];
}

/** @param x from 0 to 2^19·π/2 */
function reduce(x: number): Reduced {
  const word = highWord(x);
  if (word <= QUARTER) return { n: 0, high: x, low: 0 };
  if (word < THREE_QUARTERS) return nearHalfPi(x, word);
  const n = Math.trunc(x * TWO_OVER_PI + 0.5);
  const first = [x - n * PIO2_1, n * PIO2_1T] as const;
  const plain = n < 32 && word !== multiples[n - 1];
  const [r, w] = plain ? first : refine(n, word, first);
  const high = r - w;
  return { n, high, low: r - high - w };
}

/**
 * Sine, the same bits in every engine of JavaScript.
 * @param x radians, |x| at most 800 000
 * @see fdlibm 5.3, s_sin.c, k_sin.c, e_rem_pio2.c
 */
export function sine(x: number): number {
  const { n, high, low } = reduce(Math.abs(x));
  const value = n & 1 ? kernelCos(high, low) : kernelSin(high, low);
  return x < 0 !== (n & 2) > 0 ? -value : value;
}

/**
 * Cosine, the same bits in every engine of JavaScript.
 * @param x radians, |x| at most 800 000
 * @see fdlibm 5.3, s_cos.c, k_cos.c
 */
export function cosine(x: number): number {
  const { n, high, low } = reduce(Math.abs(x));
  const value = n & 1 ? kernelSin(high, low) : kernelCos(high, low);
  return ((n + 1) & 2) > 0 ? -value : value;
}
