// The amp kernel: stateless code over imported memory that a planner (src/own) laid out. SIMD lanes run over time for
// WaveNet and over hidden units for LSTM. Every sum has one fixed order per output sample, so no bit depends on block,
// window or lane; no fused or relaxed operations, for the same reason.
// AssemblyScript: compiled by tools/wasm.mjs, not by tsc.

/** Words of one operation; `src/own/program.ts` writes them. Rows are byte addresses, strides and steps are bytes. */
const OP_BYTES: usize = 20 << 2;
const CONVOLVE: i32 = 0;
const BEND: i32 = 1;
const SHIFT: i32 = 2;
const LSTM_LAYER: i32 = 3;
const LSTM_HEAD: i32 = 4;

/** Frames that pass all layers before the next ones do: what one layer leaves, the next finds in the nearest cache. */
const WINDOW: i32 = 128;

// @ts-ignore: decorator
@inline
function mad(sum: v128, a: v128, b: v128): v128 {
  return f32x4.add(sum, f32x4.mul(a, b));
}

// @ts-ignore: decorator
@inline
function horner(sum: v128, x: v128, next: f32): v128 {
  return f32x4.add(f32x4.mul(sum, x), f32x4.splat(next));
}

/**
 * Rational tanh, at most 5e-7 off, odd, ±1 beyond the clamp. pmin and pmax are one machine instruction each where min
 * and max are eight; in this order of operands a NaN passes.
 */
// @ts-ignore: decorator
@inline
function tanh4(value: v128): v128 {
  const most = f32x4.splat(7.90531110763549805);
  const least = f32x4.splat(-7.90531110763549805);
  const x = f32x4.pmax(f32x4.pmin(value, most), least);
  const x2 = f32x4.mul(x, x);
  let p = horner(f32x4.splat(-2.76076847742355e-16), x2, 2.00018790482477e-13);
  p = horner(p, x2, -8.60467152213735e-11);
  p = horner(p, x2, 5.12229709037114e-8);
  p = horner(p, x2, 1.48572235717979e-5);
  p = horner(p, x2, 6.37261928875436e-4);
  p = horner(p, x2, 4.89352455891786e-3);
  let q = horner(f32x4.splat(1.19825839466702e-6), x2, 1.18534705686654e-4);
  q = horner(q, x2, 2.268434632439e-3);
  q = horner(q, x2, 4.89352518554385e-3);
  return f32x4.div(f32x4.mul(x, p), q);
}

// @ts-ignore: decorator
@inline
function sigmoid4(value: v128): v128 {
  const half = f32x4.splat(0.5);
  return mad(half, half, tanh4(f32x4.mul(value, half)));
}

/** Four output rows, eight frames: eight sums, four weights and one vector of input fit the registers. */
function convolve(op: usize, t0: i32, frames: i32): void {
  const inputs = load<i32>(op, 4);
  const groups = load<i32>(op, 8);
  const taps = load<i32>(op, 12);
  const dilation = <usize>load<i32>(op, 16) << 2;
  const start = <usize>t0;
  const from = <usize>load<i32>(op, 20) + start * <usize>load<i32>(op, 28);
  const fromStride = <usize>load<i32>(op, 24);
  const weights = <usize>load<i32>(op, 32);
  const bias = <usize>load<i32>(op, 36);
  const mix = <usize>load<i32>(op, 40);
  const condition = <usize>load<i32>(op, 44) + (start << 2);
  const residual = <usize>load<i32>(op, 48);
  const residualStride = <usize>load<i32>(op, 52);
  const to = <usize>load<i32>(op, 56) + start * <usize>load<i32>(op, 64);
  const toStride = <usize>load<i32>(op, 60);
  for (let t: i32 = 0; t < frames; t += 8) {
    const at = <usize>t << 2;
    let w = weights;
    for (let g: i32 = 0; g < groups; g++) {
      const b = bias + (<usize>g << 4);
      let a00 = v128.load_splat<f32>(b);
      let a10 = v128.load_splat<f32>(b, 4);
      let a20 = v128.load_splat<f32>(b, 8);
      let a30 = v128.load_splat<f32>(b, 12);
      let a01 = a00;
      let a11 = a10;
      let a21 = a20;
      let a31 = a30;
      if (residual != 0) {
        let r = residual + (start << 2) + at + <usize>(g << 2) * residualStride;
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
      } else if (mix != 0) {
        const c0 = v128.load(condition + at);
        const c1 = v128.load(condition + at, 16);
        const m = mix + (<usize>g << 4);
        let s = v128.load_splat<f32>(m);
        a00 = mad(a00, c0, s);
        a01 = mad(a01, c1, s);
        s = v128.load_splat<f32>(m, 4);
        a10 = mad(a10, c0, s);
        a11 = mad(a11, c1, s);
        s = v128.load_splat<f32>(m, 8);
        a20 = mad(a20, c0, s);
        a21 = mad(a21, c1, s);
        s = v128.load_splat<f32>(m, 12);
        a30 = mad(a30, c0, s);
        a31 = mad(a31, c1, s);
      }
      let tap = from + at - <usize>(taps - 1) * dilation;
      for (let k: i32 = 0; k < taps; k++) {
        let p = tap;
        for (let i: i32 = 0; i < inputs; i++) {
          const v0 = v128.load(p);
          const v1 = v128.load(p, 16);
          let s = v128.load_splat<f32>(w);
          a00 = mad(a00, v0, s);
          a01 = mad(a01, v1, s);
          s = v128.load_splat<f32>(w, 4);
          a10 = mad(a10, v0, s);
          a11 = mad(a11, v1, s);
          s = v128.load_splat<f32>(w, 8);
          a20 = mad(a20, v0, s);
          a21 = mad(a21, v1, s);
          s = v128.load_splat<f32>(w, 12);
          a30 = mad(a30, v0, s);
          a31 = mad(a31, v1, s);
          p += fromStride;
          w += 16;
        }
        tap += dilation;
      }
      let o = to + at + <usize>(g << 2) * toStride;
      v128.store(o, a00);
      v128.store(o, a01, 16);
      o += toStride;
      v128.store(o, a10);
      v128.store(o, a11, 16);
      o += toStride;
      v128.store(o, a20);
      v128.store(o, a21, 16);
      o += toStride;
      v128.store(o, a30);
      v128.store(o, a31, 16);
    }
  }
}

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
function bend(op: usize, t0: i32, frames: i32): void {
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

/** Moves the history that ends with the last valid frame to the front of each row. */
function shift(op: usize, frames: i32): void {
  const rows = load<i32>(op, 4);
  const bytes = <usize>load<i32>(op, 8);
  const stride = <usize>load<i32>(op, 16);
  const moved = <usize>frames * <usize>load<i32>(op, 20);
  let front = <usize>load<i32>(op, 12);
  for (let r: i32 = 0; r < rows; r++) {
    memory.copy(front, front + moved, bytes);
    front += stride;
  }
}

/**
 * One layer over the window: lanes are four hidden units, z sums the columns in their order. `hidden` holds h of the
 * frame before in its first place, so the row of frame t is at t + 1.
 */
function lstmLayer(op: usize, t0: i32, frames: i32): void {
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
function lstmHead(op: usize, t0: i32, frames: i32): void {
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

function perform(op: usize, t0: i32, frames: i32): void {
  const kind = load<i32>(op);
  if (kind == CONVOLVE) convolve(op, t0, frames);
  else if (kind == BEND) bend(op, t0, frames);
  else if (kind == SHIFT) shift(op, frames);
  else if (kind == LSTM_LAYER) lstmLayer(op, t0, frames);
  else if (kind == LSTM_HEAD) lstmHead(op, t0, frames);
}

/** Plays `frames` frames of the block through all operations, window after window. */
export function play(program: usize, operations: i32, frames: i32): void {
  for (let t0: i32 = 0; t0 < frames; t0 += WINDOW) {
    const most = min(WINDOW, frames - t0);
    for (let i: i32 = 0; i < operations; i++) perform(program + <usize>i * OP_BYTES, t0, most);
  }
}

/** Keeps what the next block needs of these `frames` frames. */
export function keep(program: usize, operations: i32, frames: i32): void {
  for (let i: i32 = 0; i < operations; i++) perform(program + <usize>i * OP_BYTES, 0, frames);
}
