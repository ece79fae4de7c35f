import { blend, type Canvas, type Colour } from './canvas';
import { asciiOf, GLYPH_ROWS, glyphOf } from './font';

type Mask = Readonly<{ width: number; height: number; bits: Uint8Array }>;
/** Coverage 0..1 of each pixel. */
type Sprite = Readonly<{ width: number; height: number; cover: Float32Array }>;

function maskOf(columns: readonly number[]): Mask {
  const width = columns.length;
  const bits = new Uint8Array(width * GLYPH_ROWS);
  columns.forEach((column, x) => {
    for (let y = 0; y < GLYPH_ROWS; y++) bits[y * width + x] = (column >> y) & 1;
  });
  return { width, height: GLYPH_ROWS, bits };
}

/** On or off of a pixel; off outside. */
const bitOf = ({ width, height, bits }: Mask, x: number, y: number): number =>
  x < 0 || y < 0 || x >= width || y >= height ? 0 : bits[y * width + x];

/** A quarter of a pixel, towards (dx, dy): rounded where two neighbours meet, but where lines cross nothing is filled. */
function quarter(mask: Mask, [x, y]: readonly number[], [dx, dy]: readonly number[]): number {
  const [own, side, end] = [bitOf(mask, x, y), bitOf(mask, x + dx, y), bitOf(mask, x, y + dy)];
  if (side !== end || side === own) return own;
  if (side === bitOf(mask, x, y - dy) || end === bitOf(mask, x - dx, y)) return own;
  return side === 1 && bitOf(mask, x + dx, y + dy) === 1 ? own : side;
}

/**
 * Twice the size with rounded corners.
 * @see "EPX", E. Johnston, 1992 (also known as Scale2x)
 */
function doubled(mask: Mask): Mask {
  const [width, height] = [2 * mask.width, 2 * mask.height];
  const bits = new Uint8Array(width * height);
  for (let i = 0; i < bits.length; i++) {
    const [x, y] = [i % width, Math.floor(i / width)];
    bits[i] = quarter(mask, [x >> 1, y >> 1], [x % 2 === 0 ? -1 : 1, y % 2 === 0 ? -1 : 1]);
  }
  return { width, height, bits };
}

/** Glyphs are rounded at eight times their size, then shrunk: each pixel takes a square of samples of that. */
const FINE = 8;
const samplesFor = (scale: number): number => (FINE % scale === 0 ? FINE / scale : 4);

function shrunk({ width: fineWidth, height: fineHeight, bits }: Mask, scale: number): Sprite {
  const [width, height] = [(fineWidth / FINE) * scale, (fineHeight / FINE) * scale];
  const cover = new Float32Array(width * height);
  const samples = samplesFor(scale);
  const step = FINE / scale / samples;
  for (let y = 0; y < height * samples; y++) {
    const row = Math.floor((y + 0.5) * step) * fineWidth;
    const out = Math.floor(y / samples) * width;
    for (let x = 0; x < width * samples; x++)
      cover[out + Math.floor(x / samples)] += bits[row + Math.floor((x + 0.5) * step)] / samples ** 2;
  }
  return { width, height, cover };
}

const sprites = new Map<string, Sprite>();
function spriteOf(letter: string, scale: number): Sprite {
  const key = `${scale}${letter}`;
  const sprite = sprites.get(key) ?? shrunk(doubled(doubled(doubled(maskOf(glyphOf(letter))))), scale);
  sprites.set(key, sprite);
  return sprite;
}

/** Whole pixels per dot of the font, and extra pixels between letters. */
export type Type = Readonly<{ scale: number; spacing?: number }>;

const advance = (letter: string, { scale, spacing = 0 }: Type): number =>
  (glyphOf(letter).length + 1) * scale + spacing;

/** Width in pixels. */
export const textWidth = (text: string, type: Type): number =>
  Array.from(asciiOf(text)).reduce((sum, letter) => sum + advance(letter, type), -type.scale - (type.spacing ?? 0));

/** As much of the text as fits, with three dots where it was cut. */
export function fitted(text: string, type: Type, width: number): string {
  const plain = asciiOf(text);
  if (textWidth(plain, type) <= width) return plain;
  let end = plain.length;
  while (end > 1 && textWidth(`${plain.slice(0, end)}...`, type) > width) end--;
  return `${plain.slice(0, end).trimEnd()}...`;
}

/** The largest size from `type` downwards, not below `least`, in which the text fits. */
export function sized(text: string, type: Type, { width, least }: Readonly<{ width: number; least: number }>): Type {
  let { scale } = type;
  while (scale > least && textWidth(text, { ...type, scale }) > width - 8 * scale) scale--;
  return { ...type, scale };
}

/** Writes text; `x`, `y` is the upper left corner. */
export function write(
  canvas: Canvas,
  text: string,
  { x, y, colour, ...type }: Type & Readonly<{ x: number; y: number; colour: Colour }>,
): void {
  let at = x;
  for (const letter of asciiOf(text)) {
    const { width, height, cover } = spriteOf(letter, type.scale);
    for (let row = 0; row < height; row++)
      for (let column = 0; column < width; column++)
        blend(canvas, [Math.round(at) + column, Math.round(y) + row, cover[row * width + column]], colour);
    at += advance(letter, type);
  }
}

/** Lines of at most `width` pixels, broken at spaces; the last one takes, cut if need be, what is left. */
export function wrapped(
  text: string,
  type: Type,
  { width, lines }: Readonly<{ width: number; lines: number }>,
): string[] {
  const out: string[] = [];
  let rest = asciiOf(text).split(' ');
  while (rest.length > 0 && out.length < lines - 1) {
    let count = 1;
    while (count < rest.length && textWidth(rest.slice(0, count + 1).join(' '), type) <= width) count++;
    out.push(fitted(rest.slice(0, count).join(' '), type, width));
    rest = rest.slice(count);
  }
  return rest.length > 0 ? [...out, fitted(rest.join(' '), type, width)] : out;
}
