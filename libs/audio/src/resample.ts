const SIDE_LOBES = 128;
const CUTOFF = 0.482;
const BETA = 14.5;

/** Modified Bessel function of the first kind, order 0, by its power series. */
function besselI0(x: number): number {
  let sum = 1;
  let term = 1;
  for (let k = 1; term > sum * 1e-18; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));
const sinc = (a: number): number => (a === 0 ? 1 : Math.sin(Math.PI * a) / (Math.PI * a));

type Bank = Readonly<{ up: number; down: number; half: number; taps: Float64Array }>;

function phase(taps: Float64Array, r: number, fraction: number): void {
  const half = taps.length / 2;
  const scale = besselI0(BETA);
  let sum = 0;
  for (let k = 0; k < taps.length; k++) {
    const d = k - half + 1 - fraction;
    const u = (d * r) / SIDE_LOBES;
    taps[k] = Math.abs(u) >= 1 ? 0 : (sinc(2 * CUTOFF * r * d) * besselI0(BETA * Math.sqrt(1 - u * u))) / scale;
    sum += taps[k];
  }
  for (let k = 0; k < taps.length; k++) taps[k] /= sum;
}

function buildBank(from: number, to: number): Bank {
  const g = gcd(from, to);
  const up = to / g;
  const r = Math.min(from, to) / from;
  const half = Math.ceil(SIDE_LOBES / r);
  const taps = new Float64Array(up * 2 * half);
  for (let p = 0; p < up; p++) phase(taps.subarray(p * 2 * half, (p + 1) * 2 * half), r, p / up);
  return { up, down: from / g, half, taps };
}

const banks = new Map<string, Bank>();
function bankOf(from: number, to: number): Bank {
  const key = `${from}:${to}`;
  const bank = banks.get(key) ?? buildBank(from, to);
  banks.set(key, bank);
  return bank;
}

/**
 * Stage 3: polyphase Kaiser-windowed sinc in float64, 2·128 side lobes, zero delay, zeros outside the signal.
 * @param from, to integer rates in Hz; equal rates return the input itself
 * @returns ceil(n · to / from) frames
 * @see audio.md §1.3; Kaiser window: Oppenheim & Schafer, Discrete-Time Signal Processing, 3rd ed., §7.5.3
 */
export function resample(x: Float32Array, from: number, to: number): Float32Array {
  if (from === to) return x;
  const { up, down, half, taps } = bankOf(from, to);
  const width = 2 * half;
  const padded = new Float64Array(x.length + 2 * width);
  padded.set(x, width);
  const out = new Float32Array(Math.ceil((x.length * up) / down));
  for (let i = 0; i < out.length; i++) {
    const q = i * down;
    const whole = Math.floor(q / up);
    let h = (q - whole * up) * width;
    const end = h + width;
    let at = whole - half + 1 + width;
    let sum = 0;
    for (; h < end; h++, at++) sum += taps[h] * padded[at];
    out[i] = sum;
  }
  return out;
}
