import { blend, type Box, type Canvas, type Colour, disc, fill, mixed } from './canvas';
import { GLYPH_ROWS } from './font';
import { dark, TAPE_INK } from './palette';
import { fitted, sized, textWidth, type Type, write } from './text';

/** Torn ends: how far each strip of 4 px stands back. */
const TORN = [0, 7, 3, 9, 2, 6, 1, 8, 4, 5];

type Place = Readonly<{ x: number; y: number; most: number; type: Type }>;
const paddingOf = ({ scale }: Type) => 4 * scale;

/** A name on a strip of console tape, smaller if it is long; `y` is the middle of the strip. Answers the strip's box. */
export function tape(canvas: Canvas, name: string, { x, y: middle, most, type: largest }: Place): Box {
  const type = sized(name, largest, { width: most, least: Math.ceil(largest.scale / 2) });
  const padding = paddingOf(type);
  const text = fitted(name, type, most - 2 * padding);
  const height = (GLYPH_ROWS + 4) * largest.scale;
  const y = middle - height / 2;
  const box = { x, y, width: textWidth(text, type) + 2 * padding, height };
  for (let row = 0; row < box.height; row += 4) {
    const [left, right] = [TORN[(row / 4) % 10], TORN[(row / 4 + 3) % 10]].map((n) => (n * type.scale) / 6);
    const strip = { x: x + left, y: y + row, width: box.width - left - right, height: Math.min(4, height - row) };
    fill(canvas, strip, dark.tape);
  }
  write(canvas, text, { x: x + padding, y: middle - 3.5 * type.scale, colour: TAPE_INK, ...type });
  return box;
}

/** A legend in capitals on a dark plate with two screws; answers its box. */
export function plate(canvas: Canvas, legend: string, { x, y, most, type }: Place): Box {
  const spaced = { ...type, spacing: type.scale * 0.8 };
  const [padding, height] = [7 * type.scale, (GLYPH_ROWS + 5) * type.scale];
  const text = fitted(legend.toUpperCase(), spaced, most - 2 * padding);
  const box = { x, y, width: textWidth(text, spaced) + 2 * padding, height };
  fill(canvas, box, dark.rule);
  fill(canvas, { x: x + 2, y: y + 2, width: box.width - 4, height: height - 4 }, dark.panel);
  for (const screw of [x + padding / 2, x + box.width - padding / 2])
    disc(canvas, [screw, y + height / 2, type.scale], dark.rule);
  write(canvas, text, { x: x + padding, y: y + 3 * type.scale, colour: dark.ink, ...spaced });
  return box;
}

/** The lamp of what sounds now: a jewel with its ring. */
export function lamp(canvas: Canvas, [x, y, radius]: readonly number[], colour: Colour): void {
  const reach = Math.ceil(radius * 1.5);
  for (let dy = -reach; dy <= reach; dy++)
    for (let dx = -reach; dx <= reach; dx++)
      blend(canvas, [x + dx, y + dy, 0.35 * Math.min(1, radius * 1.5 - Math.hypot(dx, dy))], colour);
  disc(canvas, [x, y, radius], colour);
  disc(canvas, [x - radius * 0.3, y - radius * 0.3, radius * 0.25], mixed(colour, 0xffffff, 0.6));
}

const WEAVE = 4;
/** Grille cloth: lines of 4 px over and under each other. */
export function grille(canvas: Canvas, box: Box, colours: readonly [Colour, Colour, Colour]): void {
  const [ground, over, under] = colours;
  fill(canvas, box, ground);
  for (let y = 0; y < box.height; y += WEAVE)
    for (let x = ((y / WEAVE) % 2) * WEAVE; x < box.width; x += 2 * WEAVE) {
      const cell = {
        x: box.x + x,
        y: box.y + y,
        width: Math.min(WEAVE, box.width - x),
        height: Math.min(WEAVE, box.height - y),
      };
      fill(canvas, cell, ((x + 3 * y) / WEAVE) % 3 === 0 ? over : under);
    }
}
