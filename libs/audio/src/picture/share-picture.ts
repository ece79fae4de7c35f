import { type Canvas, createCanvas, fill } from './canvas';
import { grille, lamp, plate, tape } from './ornaments';
import { light, toneColour } from './palette';
import { outlineOf, outlinePlot } from './plots';
import { pngOf } from './png';
import { textWidth, wrapped, write } from './text';

const WIDTH = 1200;
const HEIGHT = 630;
const EDGE = 56;
const TITLE = { scale: 8 };
const SMALL = { scale: 4 };
const TAPE = { scale: 4 };
const ROW = 62;
const WAVE = { x: 0, y: 380, width: WIDTH, height: 180 } as const;

/** What a link to a shootout shows. */
export type Share = Readonly<{ title: string; labels: readonly string[]; targetLufs: number; di: Float32Array }>;

/** Names on tape in two columns, the last place tells how many more there are. */
function names(canvas: Canvas, labels: readonly string[], top: number): void {
  const places = 2 * Math.floor((WAVE.y - 8 - top) / ROW);
  const shown = labels.length > places ? labels.slice(0, places - 1) : labels;
  const column = (WIDTH - 2 * EDGE) / 2;
  const placeOf = (i: number) => ({ x: EDGE + (i % 2) * column, y: top + Math.floor(i / 2) * ROW });
  shown.forEach((label, i) => {
    const { x, y } = placeOf(i);
    write(canvas, `${i + 1}`, { x, y: y + 10, colour: toneColour(i, 'light'), ...TAPE });
    tape(canvas, label, { x: x + 34 + (i > 8 ? 24 : 0), y: y + 24, most: column - 60, type: TAPE });
  });
  if (shown.length === labels.length) return;
  const { x, y } = placeOf(shown.length);
  write(canvas, `and ${labels.length - shown.length} more`, { x, y: y + 10, colour: light.soft, ...TAPE });
}

function wave(canvas: Canvas, di: Float32Array): void {
  grille(canvas, WAVE, [light.well, 0xd9c7a6, 0xdccdb1]);
  fill(canvas, { ...WAVE, height: 3 }, light.rule);
  fill(canvas, { ...WAVE, y: WAVE.y + WAVE.height - 3, height: 3 }, light.rule);
  const outline = outlineOf(di, WIDTH, (column) => [(column * di.length) / WIDTH, ((column + 1) * di.length) / WIDTH]);
  outlinePlot(canvas, { ...WAVE, y: WAVE.y + 16, height: WAVE.height - 32 }, [outline, () => light.ink]);
}

/** The picture of a shootout for links to it, 1200×630, as PNG. */
export function sharePicture({ title, labels, targetLufs, di }: Share): Uint8Array {
  const canvas = createCanvas(WIDTH, HEIGHT, light.ground);
  fill(canvas, { x: 0, y: 0, width: WIDTH, height: 10 }, light.ink);
  const lines = wrapped(title, TITLE, { width: WIDTH - 2 * EDGE, lines: 2 });
  lines.forEach((text, i) => write(canvas, text, { x: EDGE, y: 52 + 84 * i, colour: light.ink, ...TITLE }));
  names(canvas, labels, 70 + 84 * lines.length);
  wave(canvas, di);
  lamp(canvas, [EDGE + 14, 595, 10], light.lamp);
  plate(canvas, 'Guitar Tone Shootout', { x: EDGE + 44, y: 575, most: 700, type: { scale: 3 } });
  const level = `${labels.length} tones, all at ${targetLufs.toFixed(1)} LUFS`;
  write(canvas, level, { x: WIDTH - EDGE - textWidth(level, SMALL), y: 580, colour: light.soft, ...SMALL });
  return pngOf(canvas);
}
