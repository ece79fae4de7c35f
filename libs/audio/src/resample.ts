import { type Tell, untold } from './tell';
import { sine } from './trig';

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
const sinc = (a: number): number => (a === 0 ? 1 : sine(Math.PI * a) / (Math.PI * a));

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

/** Frames of the result between two words on how far it is: some milliseconds. */
const BLOCK = 4096;

/** Frames [start, end) of the result, heard from `room`: float64 of the part of x that their filters see. */
function fill(out: Float32Array, start: number, { bank, x, room }: Filling): void {
  const { up, down, half, taps } = bank;
  const end = Math.min(out.length, start + BLOCK);
  const width = 2 * half;
  const first = Math.floor((start * down) / up) - half + 1;
  const from = Math.max(0, first);
  room.fill(0).set(x.subarray(from, Math.max(from, first + room.length)), from - first);
  for (let i = start; i < end; i++) {
    const q = i * down;
    const whole = Math.floor(q / up);
    let h = (q - whole * up) * width;
    let at = whole - half + 1 - first;
    let sum = 0;
    for (const last = h + width; h < last; h++, at++) sum += taps[h] * room[at];
    out[i] = sum;
  }
}
type Filling = Readonly<{ bank: Bank; x: Float32Array; room: Float64Array }>;

/**
 * {@link resample} that says how far it is, every few milliseconds; what `tell` throws ends it.
 * @returns a function with the parameters of `resample`
 */
export const resampleTelling =
  (tell: Tell) =>
  (x: Float32Array, from: number, to: number): Float32Array => {
    if (from === to) return x;
    const bank = bankOf(from, to);
    const { up, down, half } = bank;
    const out = new Float32Array(Math.ceil((x.length * up) / down));
    const room = new Float64Array(Math.ceil((BLOCK * down) / up) + 2 * half + 1);
    for (let start = 0; start < out.length; start += BLOCK) {
      fill(out, start, { bank, x, room });
      tell(Math.min(1, (start + BLOCK) / out.length));
    }
    return out;
  };

/**
 * Stage 3: polyphase Kaiser-windowed sinc in float64, 2·128 side lobes, zero delay, zeros outside the signal.
 * @param from, to integer rates in Hz; equal rates return the input itself
 * @returns ceil(n · to / from) frames
 * @see audio.md §1.3; Kaiser window: Oppenheim & Schafer, Discrete-Time Signal Processing, 3rd ed., §7.5.3
 */
export const resample = resampleTelling(untold);
