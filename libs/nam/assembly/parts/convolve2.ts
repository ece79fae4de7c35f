import { mad } from './maths';
import {
  BIAS,
  CONDITION,
  DILATION,
  FROM,
  FROM_STRIDE,
  GROUPS,
  INPUTS,
  MIX,
  RESIDUAL,
  RESIDUAL_STRIDE,
  TAPS,
  TO,
  TO_STRIDE,
  WEIGHTS,
  rowAt,
} from './sum';

/** Two rows, 16 frames. */
export function convolve2(op: usize, t0: i32, frames: i32): void {
  const inputs = load<i32>(op, INPUTS);
  const groups = load<i32>(op, GROUPS);
  const taps = load<i32>(op, TAPS);
  const dilation = <usize>load<i32>(op, DILATION) << 2;
  const stride = <usize>load<i32>(op, FROM_STRIDE);
  const toStride = <usize>load<i32>(op, TO_STRIDE);
  const mix = load<i32>(op, MIX) != 0;
  const residual = load<i32>(op, RESIDUAL) != 0;
  const residualStride = <usize>load<i32>(op, RESIDUAL_STRIDE);
  const oldest = rowAt(op, FROM, t0) - <usize>(taps - 1) * dilation;
  for (let t: i32 = 0; t < frames; t += 16) {
    const at = <usize>t << 2;
    let w = <usize>load<i32>(op, WEIGHTS);
    let b = <usize>load<i32>(op, BIAS);
    let m = <usize>load<i32>(op, MIX);
    let r = <usize>load<i32>(op, RESIDUAL) + (<usize>t0 << 2) + at;
    let to = rowAt(op, TO, t0) + at;
    for (let g: i32 = 0; g < groups; g++) {
      let a00 = v128.load_splat<f32>(b);
      let a10 = v128.load_splat<f32>(b, 4);
      let a01 = a00;
      let a02 = a00;
      let a03 = a00;
      let a11 = a10;
      let a12 = a10;
      let a13 = a10;
      if (residual) {
        a00 = f32x4.add(v128.load(r), a00);
        a01 = f32x4.add(v128.load(r, 16), a01);
        a02 = f32x4.add(v128.load(r, 32), a02);
        a03 = f32x4.add(v128.load(r, 48), a03);
        r += residualStride;
        a10 = f32x4.add(v128.load(r), a10);
        a11 = f32x4.add(v128.load(r, 16), a11);
        a12 = f32x4.add(v128.load(r, 32), a12);
        a13 = f32x4.add(v128.load(r, 48), a13);
        r += residualStride;
      } else if (mix) {
        const x = <usize>load<i32>(op, CONDITION) + (<usize>t0 << 2) + at;
        const m0 = v128.load_splat<f32>(m);
        const m1 = v128.load_splat<f32>(m, 4);
        const x0 = v128.load(x);
        a00 = mad(a00, x0, m0);
        a10 = mad(a10, x0, m1);
        const x1 = v128.load(x, 16);
        a01 = mad(a01, x1, m0);
        a11 = mad(a11, x1, m1);
        const x2 = v128.load(x, 32);
        a02 = mad(a02, x2, m0);
        a12 = mad(a12, x2, m1);
        const x3 = v128.load(x, 48);
        a03 = mad(a03, x3, m0);
        a13 = mad(a13, x3, m1);
        m += 8;
      }
      let tap = oldest + at;
      for (let k: i32 = 0; k < taps; k++) {
        let p = tap;
        for (let i: i32 = 0; i < inputs; i++) {
          const w0 = v128.load_splat<f32>(w);
          const w1 = v128.load_splat<f32>(w, 4);
          const v0 = v128.load(p);
          a00 = mad(a00, v0, w0);
          a10 = mad(a10, v0, w1);
          const v1 = v128.load(p, 16);
          a01 = mad(a01, v1, w0);
          a11 = mad(a11, v1, w1);
          const v2 = v128.load(p, 32);
          a02 = mad(a02, v2, w0);
          a12 = mad(a12, v2, w1);
          const v3 = v128.load(p, 48);
          a03 = mad(a03, v3, w0);
          a13 = mad(a13, v3, w1);
          p += stride;
          w += 8;
        }
        tap += dilation;
      }
      b += 8;
      v128.store(to, a00);
      v128.store(to, a01, 16);
      v128.store(to, a02, 32);
      v128.store(to, a03, 48);
      to += toStride;
      v128.store(to, a10);
      v128.store(to, a11, 16);
      v128.store(to, a12, 32);
      v128.store(to, a13, 48);
      to += toStride;
    }
  }
}
