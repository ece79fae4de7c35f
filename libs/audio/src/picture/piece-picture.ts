import { type Piece } from '../montage/montage';
import { type Canvas, createCanvas, fill, mixed } from './canvas';
import { lamp, plate, tape } from './ornaments';
import { dark, toneColour } from './palette';
import { curvesPlot, type Outline, outlineOf, outlinePlot, spectrogramPlot } from './plots';
import { pngOf } from './png';
import { type Spectrogram, spectrogramOf } from './spectrogram';
import { fitted, textWidth, write } from './text';

const WIDTH = 1920;
const HEIGHT = 1080;
const EDGE = 48;
const PANEL = { y: 268, width: 888, height: 400 } as const;
const RIGHT = WIDTH - EDGE - PANEL.width;
const TIME = { x: 0, y: 772, width: WIDTH, height: 220 } as const;
const MEDIUM = { scale: 4 };
const LARGE = { scale: 8 };

/** What a picture shows of one tone; the spectrogram is computed once by {@link toneSpectrogram}. */
export type PictureTone = Readonly<{
  label: string;
  ltasDb: readonly (number | null)[];
  gainDb: number;
  spectrogram: Spectrogram;
}>;

/** Everything that the pictures of one montage share. */
export type PictureSet = Readonly<{
  title: string;
  targetLufs: number;
  /** Frames of each tone. */
  frames: number;
  tones: readonly PictureTone[];
  pieces: readonly Piece[];
  timeline: Outline;
}>;

/** The spectrogram of one levelled tone in the size of the picture. */
export const toneSpectrogram = (x: Float32Array): Spectrogram => spectrogramOf(x, PANEL.width, PANEL.height);

const endOf = (pieces: readonly Piece[]): number => {
  const last = pieces[pieces.length - 1];
  return last.start + last.frames;
};

/** The DI under the whole montage, so that the moving playhead crosses what is being played. */
export function montageTimeline(di: Float32Array, pieces: readonly Piece[]): Outline {
  const perColumn = endOf(pieces) / WIDTH;
  return outlineOf(di, WIDTH, (column) => {
    const at = column * perColumn;
    const piece = pieces.findLast(({ start }) => start <= at) ?? pieces[0];
    const from = piece.from + at - piece.start;
    return [from, Math.min(from + perColumn, piece.from + piece.frames)];
  });
}

const signed = (db: number): string => `${db < 0 ? '-' : '+'}${Math.abs(db).toFixed(1)}`;

function heading(canvas: Canvas, set: PictureSet, { tone }: Piece): void {
  const { label, gainDb } = set.tones[tone];
  lamp(canvas, [EDGE + 30, 100, 22], dark.lamp);
  const number = `${tone + 1}`;
  write(canvas, number, { x: EDGE + 84, y: 68, colour: toneColour(tone), ...LARGE });
  tape(canvas, label, { x: EDGE + 108 + textWidth(number, LARGE), y: 100, most: 1240, type: LARGE });
  const facts = [
    `tone ${tone + 1} of ${set.tones.length}`,
    `gain ${signed(gainDb)} dB`,
    `all at ${set.targetLufs.toFixed(1)} LUFS`,
  ];
  facts.forEach((fact, i) =>
    write(canvas, fact, {
      x: WIDTH - EDGE - textWidth(fact, MEDIUM),
      y: 48 + 38 * i,
      colour: i ? dark.soft : dark.ink,
      ...MEDIUM,
    }),
  );
}

function panels(canvas: Canvas, { tones, frames }: PictureSet, { tone, from, frames: heard }: Piece): void {
  const legend = { y: PANEL.y - 58, most: PANEL.width, type: MEDIUM };
  plate(canvas, 'Third octaves', { x: EDGE, ...legend });
  plate(canvas, 'Spectrum in time', { x: RIGHT, ...legend });
  const others = tones.flatMap(({ ltasDb }, i) =>
    i === tone ? [] : [{ levels: ltasDb, colour: mixed(dark.well, toneColour(i), 0.55), thickness: 2.5 }],
  );
  const own = { levels: tones[tone].ltasDb, colour: toneColour(tone), thickness: 7 };
  curvesPlot(canvas, { x: EDGE, ...PANEL }, [...others, own]);
  spectrogramPlot(canvas, { x: RIGHT, ...PANEL }, [
    tones[tone].spectrogram,
    { from: from / frames, to: (from + heard) / frames },
  ]);
}

function timeline(canvas: Canvas, { pieces, timeline: outline }: PictureSet, current: Piece): void {
  const perFrame = WIDTH / endOf(pieces);
  const [left, right] = [current.start * perFrame, (current.start + current.frames) * perFrame];
  fill(canvas, TIME, dark.well);
  fill(
    canvas,
    { x: left, y: TIME.y, width: right - left, height: TIME.height },
    mixed(dark.well, toneColour(current.tone), 0.22),
  );
  const tones = new Uint8Array(WIDTH);
  for (const { tone, start, frames } of pieces)
    tones.fill(tone, Math.round(start * perFrame), Math.round((start + frames) * perFrame));
  outlinePlot(canvas, { ...TIME, y: TIME.y + 10, height: TIME.height - 20 }, [
    outline,
    (column) =>
      column >= left && column < right ? toneColour(current.tone) : mixed(dark.well, toneColour(tones[column]), 0.45),
  ]);
  for (const { start, tone, frames } of pieces) {
    const x = start * perFrame;
    if (start > 0) fill(canvas, { x: x - 1, y: TIME.y, width: 2, height: TIME.height }, dark.ground);
    const number = `${tone + 1}`;
    if (textWidth(number, MEDIUM) + 16 < frames * perFrame)
      write(canvas, number, {
        x: x + 12,
        y: TIME.y - 42,
        colour: start === current.start ? dark.ink : dark.rule,
        ...MEDIUM,
      });
  }
}

function footer(canvas: Canvas, { title }: PictureSet): void {
  const text = fitted(title, MEDIUM, 1240);
  write(canvas, text, { x: EDGE, y: 1020, colour: dark.ink, ...MEDIUM });
  const product = 'GUITAR TONE SHOOTOUT';
  const type = { scale: 3, spacing: 3 };
  write(canvas, product, { x: WIDTH - EDGE - textWidth(product, type), y: 1024, colour: dark.soft, ...type });
}

/**
 * The picture of one piece of the montage, 1920×1080, as PNG: name of the tone, its third octaves among the others', its
 * spectrogram with the part that plays, the DI under the whole montage. Room is left for a playhead over the full width.
 * @param index of the piece in `set.pieces`
 */
export function piecePicture(set: PictureSet, index: number): Uint8Array {
  const piece = set.pieces[index];
  const canvas = createCanvas(WIDTH, HEIGHT, dark.ground);
  fill(canvas, { x: 0, y: 0, width: WIDTH, height: 8 }, toneColour(piece.tone));
  heading(canvas, set, piece);
  panels(canvas, set, piece);
  timeline(canvas, set, piece);
  footer(canvas, set);
  return pngOf(canvas);
}
