/** A colour as 0xrrggbb. */
export type Colour = number;
/** A picture of 8-bit RGB, rows from the top; each row begins with PNG's filter byte 0, so nothing is copied to write it. */
export type Canvas = Readonly<{ width: number; height: number; bytes: Uint8Array }>;
export type Box = Readonly<{ x: number; y: number; width: number; height: number }>;

export const rowBytes = (width: number): number => 1 + 3 * width;

export function createCanvas(width: number, height: number, ground: Colour): Canvas {
  const canvas = { width, height, bytes: new Uint8Array(height * rowBytes(width)) };
  fill(canvas, { x: 0, y: 0, width, height }, ground);
  return canvas;
}

/** Paints a box; what lies outside the picture is left out. */
export function fill({ width, height, bytes }: Canvas, box: Box, colour: Colour): void {
  const [left, right] = [Math.max(0, Math.round(box.x)), Math.min(width, Math.round(box.x + box.width))];
  const [top, bottom] = [Math.max(0, Math.round(box.y)), Math.min(height, Math.round(box.y + box.height))];
  if (left >= right || top >= bottom) return;
  const stride = rowBytes(width);
  const [from, to] = [top * stride + 1 + 3 * left, top * stride + 1 + 3 * right];
  for (let at = from; at < to; at += 3) {
    bytes[at] = colour >> 16;
    bytes[at + 1] = (colour >> 8) & 0xff;
    bytes[at + 2] = colour & 0xff;
  }
  for (let y = top + 1; y < bottom; y++) bytes.copyWithin(from + (y - top) * stride, from, to);
}

/** A colour between two: `share` 0 is the first, 1 the second. */
export function mixed(a: Colour, b: Colour, share: number): Colour {
  const part = (shift: number) => {
    const [from, to] = [(a >> shift) & 0xff, (b >> shift) & 0xff];
    return Math.round(from + (to - from) * share) << shift;
  };
  return part(16) | part(8) | part(0);
}

/** Paints one pixel; `cover` 0..1 is how much of it the shape covers. */
export function blend({ width, height, bytes }: Canvas, [x, y, cover]: readonly number[], colour: Colour): void {
  if (x < 0 || y < 0 || x >= width || y >= height || cover <= 0) return;
  const share = Math.min(1, cover);
  const at = y * rowBytes(width) + 1 + 3 * x;
  bytes[at] += ((colour >> 16) - bytes[at]) * share;
  bytes[at + 1] += (((colour >> 8) & 0xff) - bytes[at + 1]) * share;
  bytes[at + 2] += ((colour & 0xff) - bytes[at + 2]) * share;
}

/** A column of one pixel from `top` to `bottom`, which may lie between pixels. */
export function strip(canvas: Canvas, [x, top, bottom]: readonly number[], colour: Colour): void {
  const [first, last] = [Math.floor(top), Math.ceil(bottom)];
  for (let y = first; y < last; y++) blend(canvas, [x, y, Math.min(bottom, y + 1) - Math.max(top, y)], colour);
}

/** A filled circle with soft edge. */
export function disc(canvas: Canvas, [cx, cy, radius]: readonly number[], colour: Colour): void {
  for (let y = Math.floor(cy - radius) - 1; y <= cy + radius + 1; y++)
    for (let x = Math.floor(cx - radius) - 1; x <= cx + radius + 1; x++)
      blend(canvas, [x, y, radius + 0.5 - Math.hypot(x + 0.5 - cx, y + 0.5 - cy)], colour);
}
