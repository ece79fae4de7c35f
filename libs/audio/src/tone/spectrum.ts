import { binPlaces, type Transform, transformOf } from '../transforms';
import { SAMPLE_RATE } from '../units';

const SIZE = 16_384;
const HOP = SIZE / 2;
/** Width of a bin in Hz. */
const BIN_HZ = SAMPLE_RATE / SIZE;
const FIRST_BAND = 17;
const BANDS = 27;

/** Hann window, periodic. */
export const hann = (size: number): Float64Array =>
  Float64Array.from({ length: size }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / size));

const WINDOW = hann(SIZE);
const ENERGY = WINDOW.reduce((sum, w) => sum + w * w, 0);

/** One frame per part of the complex input: real x is not needed twice, so two frames share one transform. */
function fill(part: Float64Array, frame: Float32Array): void {
  const frames = Math.min(SIZE, frame.length);
  for (let i = 0; i < frames; i++) part[i] = frame[i] * WINDOW[i];
  part.fill(0, frames);
}

// |Z[k]|² + |Z[N−k]|² = 2(|A[k]|² + |B[k]|²) for z = a + ib with real a and b: their mean needs no separation.
function addPowers(powers: Float64Array, { re, im }: Pick<Transform, 're' | 'im'>): void {
  const places = binPlaces(SIZE);
  for (let k = 0; k < powers.length; k++) {
    const [here, there] = [places[k], places[(SIZE - k) % SIZE]];
    powers[k] += (re[here] ** 2 + im[here] ** 2 + re[there] ** 2 + im[there] ** 2) / 2;
  }
}

/**
 * Long-term average power of each bin of a 16 384-point Hann transform with half overlap; the sum of all bins is the
 * mean square of the signal. A signal shorter than one frame is padded with zeros, a partial last frame is dropped.
 * @param x mono 48 kHz
 * @returns 8193 powers, bin k at k · 2.93 Hz
 */
export function averageSpectrum(x: Float32Array): Float64Array {
  const frames = Math.max(1, Math.floor((x.length - SIZE) / HOP) + 1);
  const powers = new Float64Array(SIZE / 2 + 1);
  const transform = transformOf(SIZE);
  const frame = (index: number) => x.subarray(index * HOP, index < frames ? index * HOP + SIZE : index * HOP);
  for (let i = 0; i < frames; i += 2) {
    fill(transform.re, frame(i));
    fill(transform.im, frame(i + 1));
    transform.forward();
    addPowers(powers, transform);
  }
  const scale = 2 / (SIZE * ENERGY * frames);
  return powers.map((power) => power * scale);
}

/** Power between two frequencies; a bin reaches half a bin to both sides and is shared by its overlap. */
export function powerBetween(powers: Float64Array, lowHz: number, highHz: number): number {
  const [low, high] = [lowHz / BIN_HZ, highHz / BIN_HZ];
  let sum = 0;
  for (let k = Math.max(0, Math.round(low)); k < powers.length && k - 0.5 < high; k++)
    sum += powers[k] * Math.max(0, Math.min(high, k + 0.5) - Math.max(low, k - 0.5));
  return sum;
}

/** Centre of the power in Hz; null for silence. */
export function centroidOf(powers: Float64Array): number | null {
  let [sum, weighted] = [0, 0];
  for (let k = 0; k < powers.length; k++) {
    sum += powers[k];
    weighted += powers[k] * k * BIN_HZ;
  }
  return sum > 0 ? weighted / sum : null;
}

/** Centres of the third-octave bands in Hz: 10^(n/10) for n = 17..43, 50 Hz to 20 kHz. */
export const bandCentresHz: readonly number[] = Array.from({ length: BANDS }, (_, i) => 10 ** ((FIRST_BAND + i) / 10));

/**
 * Level of each third-octave band in dBFS, to 0.1 dB; null where there is no power. A full-scale sine at a centre
 * reads −3.0.
 * @param powers from {@link averageSpectrum}
 * @see IEC 61260-1:2014, base-ten bands
 */
export const thirdOctaves = (powers: Float64Array): readonly (number | null)[] =>
  bandCentresHz.map((centre) => {
    const edge = 10 ** 0.05;
    const level = 10 * Math.log10(powerBetween(powers, centre / edge, centre * edge));
    return Number.isFinite(level) ? Math.round(level * 10) / 10 : null;
  });
