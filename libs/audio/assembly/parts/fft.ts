// A complex Fourier transform in float64: real and imaginary parts apart, radix 4, in place. Forward leaves the bins in the
// order of their reversed digits and inverse takes them so: a convolution needs no other. Two neighbours a vector; every
// sum has one order, so the bits are the same on every machine.

const DOUBLE: usize = 8;
/** Transforms up to this many values go pass by pass: their data lie in the nearest cache. */
const NEAR: i32 = 1024;

// @ts-ignore: decorator
@inline
function load2(at: usize): v128 {
  return v128.load(at);
}
/** Real part of a · (r + i·m) with the parts of a in two vectors. */
// @ts-ignore: decorator
@inline
function realOf(ar: v128, ai: v128, r: v128, m: v128): v128 {
  return f64x2.sub(f64x2.mul(ar, r), f64x2.mul(ai, m));
}
// @ts-ignore: decorator
@inline
function imagOf(ar: v128, ai: v128, r: v128, m: v128): v128 {
  return f64x2.add(f64x2.mul(ar, m), f64x2.mul(ai, r));
}

/** One pass over n values from `re` and `im` on: sums of four a quarter apart, then turned by w^k, w^2k, w^3k. */
function split(re: usize, im: usize, n: i32, turns: usize): void {
  const q = (<usize>n >> 2) * DOUBLE;
  for (let k: usize = 0; k < q; k += 16) {
    const r = re + k, m = im + k, t = turns + k;
    const ar = load2(r), br = load2(r + q), cr = load2(r + 2 * q), dr = load2(r + 3 * q);
    const ai = load2(m), bi = load2(m + q), ci = load2(m + 2 * q), di = load2(m + 3 * q);
    const s0r = f64x2.add(ar, cr), s0i = f64x2.add(ai, ci), s1r = f64x2.sub(ar, cr), s1i = f64x2.sub(ai, ci);
    const s2r = f64x2.add(br, dr), s2i = f64x2.add(bi, di), s3r = f64x2.sub(bi, di), s3i = f64x2.sub(dr, br);
    v128.store(r, f64x2.add(s0r, s2r));
    v128.store(m, f64x2.add(s0i, s2i));
    let xr = f64x2.add(s1r, s3r), xi = f64x2.add(s1i, s3i), wr = load2(t), wi = load2(t + q);
    v128.store(r + q, realOf(xr, xi, wr, wi));
    v128.store(m + q, imagOf(xr, xi, wr, wi));
    xr = f64x2.sub(s0r, s2r); xi = f64x2.sub(s0i, s2i); wr = load2(t + 2 * q); wi = load2(t + 3 * q);
    v128.store(r + 2 * q, realOf(xr, xi, wr, wi));
    v128.store(m + 2 * q, imagOf(xr, xi, wr, wi));
    xr = f64x2.sub(s1r, s3r); xi = f64x2.sub(s1i, s3i); wr = load2(t + 4 * q); wi = load2(t + 5 * q);
    v128.store(r + 3 * q, realOf(xr, xi, wr, wi));
    v128.store(m + 3 * q, imagOf(xr, xi, wr, wi));
  }
}

/** Undoes {@link split}, but for a factor of 4. */
function join(re: usize, im: usize, n: i32, turns: usize): void {
  const q = (<usize>n >> 2) * DOUBLE;
  for (let k: usize = 0; k < q; k += 16) {
    const r = re + k, m = im + k, t = turns + k;
    const ar = load2(r), ai = load2(m);
    let xr = load2(r + q), xi = load2(m + q), wr = load2(t), wi = load2(t + q);
    const br = f64x2.add(f64x2.mul(xr, wr), f64x2.mul(xi, wi)), bi = f64x2.sub(f64x2.mul(xi, wr), f64x2.mul(xr, wi));
    xr = load2(r + 2 * q); xi = load2(m + 2 * q); wr = load2(t + 2 * q); wi = load2(t + 3 * q);
    const cr = f64x2.add(f64x2.mul(xr, wr), f64x2.mul(xi, wi)), ci = f64x2.sub(f64x2.mul(xi, wr), f64x2.mul(xr, wi));
    xr = load2(r + 3 * q); xi = load2(m + 3 * q); wr = load2(t + 4 * q); wi = load2(t + 5 * q);
    const dr = f64x2.add(f64x2.mul(xr, wr), f64x2.mul(xi, wi)), di = f64x2.sub(f64x2.mul(xi, wr), f64x2.mul(xr, wi));
    const s0r = f64x2.add(ar, cr), s0i = f64x2.add(ai, ci), s1r = f64x2.sub(ar, cr), s1i = f64x2.sub(ai, ci);
    const s2r = f64x2.add(br, dr), s2i = f64x2.add(bi, di), s3r = f64x2.sub(di, bi), s3i = f64x2.sub(br, dr);
    v128.store(r, f64x2.add(s0r, s2r));
    v128.store(m, f64x2.add(s0i, s2i));
    v128.store(r + q, f64x2.add(s1r, s3r));
    v128.store(m + q, f64x2.add(s1i, s3i));
    v128.store(r + 2 * q, f64x2.sub(s0r, s2r));
    v128.store(m + 2 * q, f64x2.sub(s0i, s2i));
    v128.store(r + 3 * q, f64x2.sub(s1r, s3r));
    v128.store(m + 3 * q, f64x2.sub(s1i, s3i));
  }
}

/** Transforms of four neighbours each: no turns; `sign` 1 forward, -1 inverse. */
function fours(re: usize, im: usize, n: i32, sign: f64): void {
  const end = re + <usize>n * DOUBLE;
  for (; re < end; re += 32, im += 32) {
    const ar = load<f64>(re), br = load<f64>(re, 8), cr = load<f64>(re, 16), dr = load<f64>(re, 24);
    const ai = load<f64>(im), bi = load<f64>(im, 8), ci = load<f64>(im, 16), di = load<f64>(im, 24);
    const s0r = ar + cr, s0i = ai + ci, s1r = ar - cr, s1i = ai - ci, s2r = br + dr, s2i = bi + di;
    const s3r = sign * (bi - di), s3i = sign * (dr - br);
    store<f64>(re, s0r + s2r);
    store<f64>(im, s0i + s2i);
    store<f64>(re, s1r + s3r, 8);
    store<f64>(im, s1i + s3i, 8);
    store<f64>(re, s0r - s2r, 16);
    store<f64>(im, s0i - s2i, 16);
    store<f64>(re, s1r - s3r, 24);
    store<f64>(im, s1i - s3i, 24);
  }
}

/** Transforms of two neighbours each, in one row of parts. */
function twos(at: usize, n: i32): void {
  const end = at + <usize>n * DOUBLE;
  for (; at < end; at += 16) {
    const a = load<f64>(at), b = load<f64>(at, 8);
    store<f64>(at, a + b);
    store<f64>(at, a - b, 8);
  }
}

function last(re: usize, im: usize, n: i32, most: i32, sign: f64): void {
  if (most == 4) return fours(re, im, n, sign);
  twos(re, n);
  twos(im, n);
}

/** Bytes of the turns of one pass over n values: three of a quarter each, real then imaginary. */
// @ts-ignore: decorator
@inline
function turnsOf(n: i32): usize {
  return 6 * (<usize>n >> 2) * DOUBLE;
}

function nearForward(re: usize, im: usize, n: i32, turns: usize): void {
  let m = n;
  for (; m > 4; m >>= 2) {
    for (let at: i32 = 0; at < n; at += m) split(re + <usize>at * DOUBLE, im + <usize>at * DOUBLE, m, turns);
    turns += turnsOf(m);
  }
  last(re, im, n, m, 1);
}

function nearInverse(re: usize, im: usize, n: i32, turns: usize): void {
  let m = n;
  for (; m > 4; m >>= 2) turns += turnsOf(m);
  last(re, im, n, m, -1);
  for (m <<= 2; m <= n; m <<= 2) {
    turns -= turnsOf(m);
    for (let at: i32 = 0; at < n; at += m) join(re + <usize>at * DOUBLE, im + <usize>at * DOUBLE, m, turns);
  }
}

/** n values, a power of two from 8 on; `turns` holds those of n, n/4, n/16 … one after the other. */
export function forward(re: usize, im: usize, n: i32, turns: usize): void {
  if (n <= NEAR) return nearForward(re, im, n, turns);
  split(re, im, n, turns);
  const q = n >> 2;
  for (let at: i32 = 0; at < n; at += q)
    forward(re + <usize>at * DOUBLE, im + <usize>at * DOUBLE, q, turns + turnsOf(n));
}

/** Undoes `forward`, but for a factor of n. */
export function inverse(re: usize, im: usize, n: i32, turns: usize): void {
  if (n <= NEAR) return nearInverse(re, im, n, turns);
  const q = n >> 2;
  for (let at: i32 = 0; at < n; at += q)
    inverse(re + <usize>at * DOUBLE, im + <usize>at * DOUBLE, q, turns + turnsOf(n));
  join(re, im, n, turns);
}

/** Each value times its partner from `byRe` and `byIm`. */
export function multiply(re: usize, im: usize, byRe: usize, byIm: usize, n: i32): void {
  const bytes = <usize>n * DOUBLE;
  for (let k: usize = 0; k < bytes; k += 16) {
    const ar = load2(re + k), ai = load2(im + k), br = load2(byRe + k), bi = load2(byIm + k);
    v128.store(re + k, realOf(ar, ai, br, bi));
    v128.store(im + k, imagOf(ar, ai, br, bi));
  }
}
