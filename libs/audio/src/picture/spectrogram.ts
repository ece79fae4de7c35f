import { hann } from '../tone/spectrum';
import { binPlaces, type Transform, transformOf } from '../transforms';
import { SAMPLE_RATE } from '../units';

const SIZE = 2048;
const LOWEST_HZ = 20;
const HIGHEST_HZ = 20_000;
const FLOOR_DB = -100;
const WINDOW = hann(SIZE);
/** A full-scale sine reads 0 dB. */
const FULL_POWER = (WINDOW.reduce((sum, w) => sum + w, 0) / 2) ** 2;

/** Levels 0..255 for −100..0 dB, column by column, each from 20 kHz down to 20 Hz on a logarithmic scale. */
export type Spectrogram = Readonly<{ columns: number; rows: number; levels: Uint8Array }>;

/** Bins of each row: neighbours where a row lies between two bins, the strongest of many where it spans them. */
function rowBins(rows: number): readonly (readonly [from: number, to: number])[] {
  const binAt = (row: number) => (LOWEST_HZ * (HIGHEST_HZ / LOWEST_HZ) ** (1 - row / rows) * SIZE) / SAMPLE_RATE;
  return Array.from({ length: rows }, (_, row) => [binAt(row + 1), binAt(row)] as const);
}

function powerOf(powers: Float64Array, [from, to]: readonly [number, number]): number {
  if (to - from < 1) {
    const middle = (from + to) / 2;
    const low = Math.floor(middle);
    return powers[low] + (powers[low + 1] - powers[low]) * (middle - low);
  }
  let most = 0;
  for (let k = Math.ceil(from); k <= to; k++) if (powers[k] > most) most = powers[k];
  return most;
}

const levelOf = (power: number): number => {
  const db = 10 * Math.log10(power / FULL_POWER);
  return db > FLOOR_DB ? Math.min(255, Math.round(255 * (1 - db / FLOOR_DB))) : 0;
};

/** Powers of two real frames from their shared complex transform z of a + ib. */
function separate({ re, im }: Transform, a: Float64Array, b: Float64Array): void {
  const places = binPlaces(SIZE);
  for (let k = 0; k < a.length; k++) {
    const [here, there] = [places[k], places[(SIZE - k) % SIZE]];
    a[k] = ((re[here] + re[there]) ** 2 + (im[here] - im[there]) ** 2) / 4;
    b[k] = ((im[here] + im[there]) ** 2 + (re[there] - re[here]) ** 2) / 4;
  }
}

/** One windowed frame, silence behind the end. */
function fill(part: Float64Array, x: Float32Array, from: number): void {
  const frames = Math.min(SIZE, Math.max(0, x.length - from));
  for (let i = 0; i < frames; i++) part[i] = x[from + i] * WINDOW[i];
  part.fill(0, frames);
}

/**
 * Short-time spectrum of a whole tone for a picture: 2048-point Hann frames, as many as columns, evenly spread.
 * @param x mono 48 kHz
 */
export function spectrogramOf(x: Float32Array, columns: number, rows: number): Spectrogram {
  const levels = new Uint8Array(columns * rows);
  const bins = rowBins(rows);
  const transform = transformOf(SIZE);
  const powers = [new Float64Array(SIZE / 2 + 1), new Float64Array(SIZE / 2 + 1)] as const;
  const startOf = (column: number) => Math.round((column * Math.max(0, x.length - SIZE)) / Math.max(1, columns - 1));
  for (let column = 0; column < columns; column += 2) {
    fill(transform.re, x, startOf(column));
    fill(transform.im, x, startOf(column + 1));
    transform.forward();
    separate(transform, ...powers);
    for (let part = 0; part < 2 && column + part < columns; part++)
      for (let row = 0; row < rows; row++)
        levels[(column + part) * rows + row] = levelOf(powerOf(powers[part], bins[row]));
  }
  return { columns, rows, levels };
}
