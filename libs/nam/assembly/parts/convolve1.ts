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

/** One row, 32 frames. */
export function convolve1(op: usize, t0: i32, frames: i32): void {
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
  for (let t: i32 = 0; t < frames; t += 32) {
    const at = <usize>t << 2;
    let w = <usize>load<i32>(op, WEIGHTS);
    let b = <usize>load<i32>(op, BIAS);
    let m = <usize>load<i32>(op, MIX);
    let r = <usize>load<i32>(op, RESIDUAL) + (<usize>t0 << 2) + at;
    let to = rowAt(op, TO, t0) + at;
    for (let g: i32 = 0; g < groups; g++) {
      let a00 = v128.load_splat<f32>(b);
      let a01 = a00;
      let a02 = a00;
      let a03 = a00;
      let a04 = a00;
      let a05 = a00;
      let a06 = a00;
      let a07 = a00;
      if (residual) {
        a00 = f32x4.add(v128.load(r), a00);
        a01 = f32x4.add(v128.load(r, 16), a01);
        a02 = f32x4.add(v128.load(r, 32), a02);
        a03 = f32x4.add(v128.load(r, 48), a03);
        a04 = f32x4.add(v128.load(r, 64), a04);
        a05 = f32x4.add(v128.load(r, 80), a05);
        a06 = f32x4.add(v128.load(r, 96), a06);
        a07 = f32x4.add(v128.load(r, 112), a07);
        r += residualStride;
      } else if (mix) {
        const x = <usize>load<i32>(op, CONDITION) + (<usize>t0 << 2) + at;
        const m0 = v128.load_splat<f32>(m);
        const x0 = v128.load(x);
        a00 = mad(a00, x0, m0);
        const x1 = v128.load(x, 16);
        a01 = mad(a01, x1, m0);
        const x2 = v128.load(x, 32);
        a02 = mad(a02, x2, m0);
        const x3 = v128.load(x, 48);
        a03 = mad(a03, x3, m0);
        const x4 = v128.load(x, 64);
        a04 = mad(a04, x4, m0);
        const x5 = v128.load(x, 80);
        a05 = mad(a05, x5, m0);
        const x6 = v128.load(x, 96);
        a06 = mad(a06, x6, m0);
        const x7 = v128.load(x, 112);
        a07 = mad(a07, x7, m0);
        m += 4;
      }
      let tap = oldest + at;
      for (let k: i32 = 0; k < taps; k++) {
        let p = tap;
        for (let i: i32 = 0; i < inputs; i++) {
          const w0 = v128.load_splat<f32>(w);
          const v0 = v128.load(p);
          a00 = mad(a00, v0, w0);
          const v1 = v128.load(p, 16);
          a01 = mad(a01, v1, w0);
          const v2 = v128.load(p, 32);
          a02 = mad(a02, v2, w0);
          const v3 = v128.load(p, 48);
          a03 = mad(a03, v3, w0);
          const v4 = v128.load(p, 64);
          a04 = mad(a04, v4, w0);
          const v5 = v128.load(p, 80);
          a05 = mad(a05, v5, w0);
          const v6 = v128.load(p, 96);
          a06 = mad(a06, v6, w0);
          const v7 = v128.load(p, 112);
          a07 = mad(a07, v7, w0);
          p += stride;
          w += 4;
        }
        tap += dilation;
      }
      b += 4;
      v128.store(to, a00);
      v128.store(to, a01, 16);
      v128.store(to, a02, 32);
      v128.store(to, a03, 48);
      v128.store(to, a04, 64);
      v128.store(to, a05, 80);
      v128.store(to, a06, 96);
      v128.store(to, a07, 112);
      to += toStride;
    }
  }
}
