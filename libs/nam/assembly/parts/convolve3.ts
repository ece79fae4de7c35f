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

/** Three rows, 12 frames. */
export function convolve3(op: usize, t0: i32, frames: i32): void {
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
  for (let t: i32 = 0; t < frames; t += 12) {
    const at = <usize>t << 2;
    let w = <usize>load<i32>(op, WEIGHTS);
    let b = <usize>load<i32>(op, BIAS);
    let m = <usize>load<i32>(op, MIX);
    let r = <usize>load<i32>(op, RESIDUAL) + (<usize>t0 << 2) + at;
    let to = rowAt(op, TO, t0) + at;
    for (let g: i32 = 0; g < groups; g++) {
      let a00 = v128.load_splat<f32>(b);
      let a10 = v128.load_splat<f32>(b, 4);
      let a20 = v128.load_splat<f32>(b, 8);
      let a01 = a00;
      let a02 = a00;
      let a11 = a10;
      let a12 = a10;
      let a21 = a20;
      let a22 = a20;
      if (residual) {
        a00 = f32x4.add(v128.load(r), a00);
        a01 = f32x4.add(v128.load(r, 16), a01);
        a02 = f32x4.add(v128.load(r, 32), a02);
        r += residualStride;
        a10 = f32x4.add(v128.load(r), a10);
        a11 = f32x4.add(v128.load(r, 16), a11);
        a12 = f32x4.add(v128.load(r, 32), a12);
        r += residualStride;
        a20 = f32x4.add(v128.load(r), a20);
        a21 = f32x4.add(v128.load(r, 16), a21);
        a22 = f32x4.add(v128.load(r, 32), a22);
        r += residualStride;
      } else if (mix) {
        const x = <usize>load<i32>(op, CONDITION) + (<usize>t0 << 2) + at;
        const m0 = v128.load_splat<f32>(m);
        const m1 = v128.load_splat<f32>(m, 4);
        const m2 = v128.load_splat<f32>(m, 8);
        const x0 = v128.load(x);
        a00 = mad(a00, x0, m0);
        a10 = mad(a10, x0, m1);
        a20 = mad(a20, x0, m2);
        const x1 = v128.load(x, 16);
        a01 = mad(a01, x1, m0);
        a11 = mad(a11, x1, m1);
        a21 = mad(a21, x1, m2);
        const x2 = v128.load(x, 32);
        a02 = mad(a02, x2, m0);
        a12 = mad(a12, x2, m1);
        a22 = mad(a22, x2, m2);
        m += 12;
      }
      let tap = oldest + at;
      for (let k: i32 = 0; k < taps; k++) {
        let p = tap;
        for (let i: i32 = 0; i < inputs; i++) {
          const v0 = v128.load(p);
          const v1 = v128.load(p, 16);
          const v2 = v128.load(p, 32);
          const w0 = v128.load_splat<f32>(w);
          a00 = mad(a00, v0, w0);
          a01 = mad(a01, v1, w0);
          a02 = mad(a02, v2, w0);
          const w1 = v128.load_splat<f32>(w, 4);
          a10 = mad(a10, v0, w1);
          a11 = mad(a11, v1, w1);
          a12 = mad(a12, v2, w1);
          const w2 = v128.load_splat<f32>(w, 8);
          a20 = mad(a20, v0, w2);
          a21 = mad(a21, v1, w2);
          a22 = mad(a22, v2, w2);
          p += stride;
          w += 12;
        }
        tap += dilation;
      }
      b += 12;
      v128.store(to, a00);
      v128.store(to, a01, 16);
      v128.store(to, a02, 32);
      to += toStride;
      v128.store(to, a10);
      v128.store(to, a11, 16);
      v128.store(to, a12, 32);
      to += toStride;
      v128.store(to, a20);
      v128.store(to, a21, 16);
      v128.store(to, a22, 32);
      to += toStride;
    }
  }
}
