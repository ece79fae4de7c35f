import { mad, sigmoid4, tanh4 } from './maths';

/**
 * One layer over the window: lanes are four hidden units, z sums the columns in their order. `hidden` holds h of the
 * frame before in its first place, so the row of frame t is at t + 1.
 */
export function lstmLayer(op: usize, t0: i32, frames: i32): void {
  const inputs = load<i32>(op, 4);
  const units = load<i32>(op, 8);
  const groups = load<i32>(op, 12);
  const inputStride = <usize>load<i32>(op, 20);
  const weights = <usize>load<i32>(op, 24);
  const bias = <usize>load<i32>(op, 28);
  const cells = <usize>load<i32>(op, 32);
  const stride = <usize>groups << 4;
  let input = <usize>load<i32>(op, 16) + <usize>t0 * inputStride;
  let hidden = <usize>load<i32>(op, 36) + <usize>t0 * stride;
  for (let t: i32 = 0; t < frames; t++) {
    let w = weights;
    for (let g: i32 = 0; g < groups; g++) {
      const b = bias + (<usize>g << 6);
      let zi = v128.load(b);
      let zf = v128.load(b, 16);
      let zg = v128.load(b, 32);
      let zo = v128.load(b, 48);
      for (let j: i32 = 0; j < inputs; j++) {
        const v = v128.load_splat<f32>(input + (<usize>j << 2));
        zi = mad(zi, v, v128.load(w));
        zf = mad(zf, v, v128.load(w, 16));
        zg = mad(zg, v, v128.load(w, 32));
        zo = mad(zo, v, v128.load(w, 48));
        w += 64;
      }
      for (let j: i32 = 0; j < units; j++) {
        const v = v128.load_splat<f32>(hidden + (<usize>j << 2));
        zi = mad(zi, v, v128.load(w));
        zf = mad(zf, v, v128.load(w, 16));
        zg = mad(zg, v, v128.load(w, 32));
        zo = mad(zo, v, v128.load(w, 48));
        w += 64;
      }
      const c = cells + (<usize>g << 4);
      const kept = f32x4.mul(sigmoid4(zf), v128.load(c));
      const cell = mad(kept, sigmoid4(zi), tanh4(zg));
      v128.store(c, cell);
      v128.store(hidden + stride + (<usize>g << 4), f32x4.mul(sigmoid4(zo), tanh4(cell)));
    }
    input += inputStride;
    hidden += stride;
  }
}

/** y = bias + head · h, unit by unit. */
export function lstmHead(op: usize, t0: i32, frames: i32): void {
  const units = load<i32>(op, 4);
  const weights = <usize>load<i32>(op, 8);
  const bias = load<f32>(<usize>load<i32>(op, 12));
  const stride = <usize>load<i32>(op, 20);
  let hidden = <usize>load<i32>(op, 16) + <usize>t0 * stride;
  let out = <usize>load<i32>(op, 24) + (<usize>t0 << 2);
  for (let t: i32 = 0; t < frames; t++) {
    let y = bias;
    for (let u: i32 = 0; u < units; u++) {
      const at = <usize>u << 2;
      y += load<f32>(weights + at) * load<f32>(hidden + at);
    }
    store<f32>(out, y);
    hidden += stride;
    out += 4;
  }
}
