import { bandCentresHz } from '../tone/spectrum';
import { blend, type Box, type Canvas, type Colour, fill, mixed, rowBytes, strip } from './canvas';
import { dark, heat } from './palette';
import { type Spectrogram } from './spectrogram';
import { write } from './text';

const SMALL = { scale: 3 };
const [LOWEST_HZ, HIGHEST_HZ] = [bandCentresHz[0], bandCentresHz[bandCentresHz.length - 1]];
const MARKS_HZ: readonly (readonly [hz: number, text: string])[] = [
  [100, '100'],
  [1000, '1k'],
  [10_000, '10k'],
];

/** Range of the curve in dB below the highest line drawn. */
const SPAN_DB = 60;
const STEP_DB = 10;
export type Curve = Readonly<{ levels: readonly (number | null)[]; colour: Colour; thickness: number }>;

const topOf = (curves: readonly Curve[]): number =>
  Math.ceil(Math.max(-90, ...curves.flatMap(({ levels }) => levels.flatMap((level) => level ?? []))) / STEP_DB) *
  STEP_DB;

/** Level between two bands, bent smoothly: a cubic through the four bands around. */
function levelAt(levels: readonly (number | null)[], place: number): number {
  const i = Math.min(levels.length - 2, Math.floor(place));
  const t = place - i;
  const at = (k: number) => Math.max(-120, levels[Math.min(levels.length - 1, Math.max(0, k))] ?? -120);
  const [a, b, c, d] = [at(i - 1), at(i), at(i + 1), at(i + 2)];
  return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
}

function line(canvas: Canvas, box: Box, { levels, colour, thickness, top }: Curve & Readonly<{ top: number }>): void {
  const bottom = box.y + box.height;
  const yAt = (x: number) =>
    box.y + ((top - levelAt(levels, (x / (box.width - 1)) * (levels.length - 1))) / SPAN_DB) * box.height;
  for (let x = 0; x < box.width; x++) {
    const [y, slope] = [yAt(x), yAt(Math.min(box.width - 1, x + 0.5)) - yAt(Math.max(0, x - 0.5))];
    const half = (thickness / 2) * Math.hypot(1, slope);
    strip(canvas, [box.x + x, Math.max(box.y, y - half), Math.min(bottom, y + half)], colour);
  }
}

/** Third-octave levels over 50 Hz to 20 kHz, later curves above earlier ones. */
export function curvesPlot(canvas: Canvas, box: Box, curves: readonly Curve[]): void {
  fill(canvas, box, dark.well);
  const top = topOf(curves);
  const grid = mixed(dark.well, dark.rule, 0.4);
  for (let db = STEP_DB; db < SPAN_DB; db += STEP_DB) {
    const y = box.y + (db / SPAN_DB) * box.height;
    fill(canvas, { x: box.x, y, width: box.width, height: 1 }, grid);
    write(canvas, `${top - db}`, { x: box.x + 10, y: y - 28, colour: dark.rule, ...SMALL });
  }
  for (const [hz, text] of MARKS_HZ) {
    const x = box.x + (Math.log(hz / LOWEST_HZ) / Math.log(HIGHEST_HZ / LOWEST_HZ)) * box.width;
    fill(canvas, { x, y: box.y, width: 1, height: box.height }, grid);
    write(canvas, text, { x: x + 8, y: box.y + box.height - 30, colour: dark.rule, ...SMALL });
  }
  for (const curve of curves) line(canvas, box, { ...curve, top });
}

/** Part of the signal that plays now: the rest is dimmed. */
export type Heard = Readonly<{ from: number; to: number }>;

/** A spectrogram of exactly the box's size; columns outside `heard` (0..1 of the width) are dimmed. */
export function spectrogramPlot(
  canvas: Canvas,
  { x, y }: Box,
  [{ columns, rows, levels }, heard]: readonly [Spectrogram, Heard],
): void {
  const stride = rowBytes(canvas.width);
  const isHeard = (column: number) => column >= heard.from * columns && column <= heard.to * columns;
  for (let column = 0; column < columns; column++) {
    const dim = isHeard(column) ? 1 : 0.4;
    let at = y * stride + 1 + 3 * (x + column);
    for (let row = 0; row < rows; row++, at += stride) {
      const colour = heat[Math.round(levels[column * rows + row] * dim)];
      canvas.bytes[at] = colour >> 16;
      canvas.bytes[at + 1] = (colour >> 8) & 0xff;
      canvas.bytes[at + 2] = colour & 0xff;
    }
  }
  for (const [hz, text] of MARKS_HZ) {
    const line = y + Math.round((1 - Math.log(hz / 20) / Math.log(1000)) * rows);
    for (let column = 0; column < columns; column += 8) blend(canvas, [x + column, line, 0.5], dark.soft);
    write(canvas, text, { x: x + 10, y: line - 30, colour: dark.soft, ...SMALL });
  }
}

/** Column by column the least and the greatest sample, −127..127 of the signal's peak. */
export type Outline = Int8Array;

/** The outline of stretches of one signal side by side; `columns` is their whole width. */
export function outlineOf(
  x: Float32Array,
  columns: number,
  placeAt: (column: number) => readonly [from: number, to: number],
): Outline {
  const out = new Int8Array(2 * columns);
  let peak = 1e-9;
  for (let i = 0; i < x.length; i++) if (Math.abs(x[i]) > peak) peak = Math.abs(x[i]);
  for (let column = 0; column < columns; column++) {
    const [from, to] = placeAt(column);
    let [least, most] = [0, 0];
    for (let i = Math.floor(from); i < Math.max(to, from + 1) && i < x.length; i++) {
      if (x[i] < least) least = x[i];
      if (x[i] > most) most = x[i];
    }
    out[2 * column] = Math.round((127 * least) / peak);
    out[2 * column + 1] = Math.round((127 * most) / peak);
  }
  return out;
}

/** Draws an outline around the middle of the box; at least a hairline, so that silence is seen as such. */
export function outlinePlot(
  canvas: Canvas,
  box: Box,
  [outline, colourAt]: readonly [Outline, (column: number) => Colour],
): void {
  const middle = box.y + box.height / 2;
  const half = box.height / 2 / 127;
  for (let column = 0; column < box.width; column++) {
    const [least, most] = [outline[2 * column] * half, outline[2 * column + 1] * half];
    strip(canvas, [box.x + column, middle - Math.max(1, most), middle + Math.max(1, -least)], colourAt(column));
  }
}
