import { tanh4 } from './maths';

// @ts-ignore: decorator
@inline
function bent(x: v128, kind: i32, slope: v128): v128 {
  if (kind == 0) return tanh4(x);
  // One instruction where the slope lies in 0..1; the general form else.
  if (kind == 1) return f32x4.pmax(x, f32x4.mul(x, slope));
  return v128.bitselect(x, f32x4.mul(x, slope), f32x4.gt(x, f32x4.splat(0)));
}

// @ts-ignore: decorator
@inline
function bendRow(row: usize, head: usize, frames: i32, kind: i32, slope: v128, first: bool): void {
  for (let t: i32 = 0; t < frames; t += 8) {
    const at = <usize>t << 2;
    const y0 = bent(v128.load(row + at), kind, slope);
    const y1 = bent(v128.load(row + at, 16), kind, slope);
    v128.store(row + at, y0);
    v128.store(row + at, y1, 16);
    if (first) {
      v128.store(head + at, y0);
      v128.store(head + at, y1, 16);
    } else {
      v128.store(head + at, f32x4.add(v128.load(head + at), y0));
      v128.store(head + at, f32x4.add(v128.load(head + at, 16), y1), 16);
    }
  }
}

/** The activation, in place; the rows are then added to those of the head, or become them in the first layer. */
export function bend(op: usize, t0: i32, frames: i32): void {
  const rows = load<i32>(op, 4);
  const kind = load<i32>(op, 8);
  const slope = v128.load_splat<f32>(op, 12);
  const stride = <usize>load<i32>(op, 20);
  const headStride = <usize>load<i32>(op, 28);
  const first = load<i32>(op, 32) != 0;
  let row = <usize>load<i32>(op, 16);
  let head = <usize>load<i32>(op, 24) + (<usize>t0 << 2);
  for (let r: i32 = 0; r < rows; r++) {
    if (kind == 0) {
      if (first) bendRow(row, head, frames, 0, slope, true);
      else bendRow(row, head, frames, 0, slope, false);
    } else if (kind == 1) {
      if (first) bendRow(row, head, frames, 1, slope, true);
      else bendRow(row, head, frames, 1, slope, false);
    } else bendRow(row, head, frames, 2, slope, first);
    row += stride;
    head += headStride;
  }
}
