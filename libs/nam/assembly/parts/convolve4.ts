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

/** Four rows, 8 frames. */
export function convolve4(op: usize, t0: i32, frames: i32): void {
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
  for (let t: i32 = 0; t < frames; t += 8) {
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
      let a30 = v128.load_splat<f32>(b, 12);
      let a01 = a00;
      let a11 = a10;
      let a21 = a20;
      let a31 = a30;
      if (residual) {
        a00 = f32x4.add(v128.load(r), a00);
        a01 = f32x4.add(v128.load(r, 16), a01);
        r += residualStride;
        a10 = f32x4.add(v128.load(r), a10);
        a11 = f32x4.add(v128.load(r, 16), a11);
        r += residualStride;
        a20 = f32x4.add(v128.load(r), a20);
        a21 = f32x4.add(v128.load(r, 16), a21);
        r += residualStride;
        a30 = f32x4.add(v128.load(r), a30);
        a31 = f32x4.add(v128.load(r, 16), a31);
        r += residualStride;
      } else if (mix) {
        const x = <usize>load<i32>(op, CONDITION) + (<usize>t0 << 2) + at;
        const m0 = v128.load_splat<f32>(m);
        const m1 = v128.load_splat<f32>(m, 4);
        const m2 = v128.load_splat<f32>(m, 8);
        const m3 = v128.load_splat<f32>(m, 12);
        const x0 = v128.load(x);
        a00 = mad(a00, x0, m0);
        a10 = mad(a10, x0, m1);
        a20 = mad(a20, x0, m2);
        a30 = mad(a30, x0, m3);
        const x1 = v128.load(x, 16);
        a01 = mad(a01, x1, m0);
        a11 = mad(a11, x1, m1);
        a21 = mad(a21, x1, m2);
        a31 = mad(a31, x1, m3);
        m += 16;
      }
      let tap = oldest + at;
      for (let k: i32 = 0; k < taps; k++) {
        let p = tap;
        for (let i: i32 = 0; i < inputs; i++) {
          const v0 = v128.load(p);
          const v1 = v128.load(p, 16);
          const w0 = v128.load_splat<f32>(w);
          a00 = mad(a00, v0, w0);
          a01 = mad(a01, v1, w0);
          const w1 = v128.load_splat<f32>(w, 4);
          a10 = mad(a10, v0, w1);
          a11 = mad(a11, v1, w1);
          const w2 = v128.load_splat<f32>(w, 8);
          a20 = mad(a20, v0, w2);
          a21 = mad(a21, v1, w2);
          const w3 = v128.load_splat<f32>(w, 12);
          a30 = mad(a30, v0, w3);
          a31 = mad(a31, v1, w3);
          p += stride;
          w += 16;
        }
        tap += dilation;
      }
      b += 16;
      v128.store(to, a00);
      v128.store(to, a01, 16);
      to += toStride;
      v128.store(to, a10);
      v128.store(to, a11, 16);
      to += toStride;
      v128.store(to, a20);
      v128.store(to, a21, 16);
      to += toStride;
      v128.store(to, a30);
      v128.store(to, a31, 16);
      to += toStride;
    }
  }
}
