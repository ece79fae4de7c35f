// The kernel of this library; the transform stands in parts/fft.ts. The meter's inner loops: largest interpolated value (ITU-R BS.1770-4, annex 2) and K-weighted sums (annex 1). Stateless
// code over imported memory; who calls it lays out samples, coefficients and state (libs/audio/src/meter/meter.ts).

export { forward, inverse, multiply } from './parts/fft';

const TAPS: i32 = 12; // pairs of taps that lie symmetrically around the middle
const BLOCK: i32 = 32; // times that are skipped together; wider than the 12 samples a tap reaches to either side
const FLOAT: usize = 4;

// @ts-ignore: decorator
@inline
function pairOf(x: usize, k: i32): usize {
  return x + (<usize>(k - 11) << 2);
}
// @ts-ignore: decorator
@inline
function twinOf(x: usize, k: i32): usize {
  return x + (<usize>(12 - k) << 2);
}

/**
 * Phases 1 and 3 mirror each other, phase 2 is symmetric: with s = x[a] + x[b] and d = x[a] − x[b] of each pair of taps,
 * E = Σ even·s and O = Σ odd·d give the phases 1 and 3 as E ± O, so the larger of both is |E| + |O|.
 */
function eight(x: usize, h: usize, peak: v128): v128 {
  let e0 = f32x4.splat(0), e1 = f32x4.splat(0);
  let o0 = f32x4.splat(0), o1 = f32x4.splat(0);
  let m0 = f32x4.splat(0), m1 = f32x4.splat(0);
  for (let k: i32 = 0; k < TAPS; k++) {
    const p = pairOf(x, k), q = twinOf(x, k);
    const a0 = v128.load(p), a1 = v128.load(p, 16), b0 = v128.load(q), b1 = v128.load(q, 16);
    const s0 = f32x4.add(a0, b0), s1 = f32x4.add(a1, b1);
    const d0 = f32x4.sub(a0, b0), d1 = f32x4.sub(a1, b1);
    let w = v128.load_splat<f32>(h);
    e0 = f32x4.add(e0, f32x4.mul(w, s0)); e1 = f32x4.add(e1, f32x4.mul(w, s1));
    w = v128.load_splat<f32>(h, 4);
    o0 = f32x4.add(o0, f32x4.mul(w, d0)); o1 = f32x4.add(o1, f32x4.mul(w, d1));
    w = v128.load_splat<f32>(h, 8);
    m0 = f32x4.add(m0, f32x4.mul(w, s0)); m1 = f32x4.add(m1, f32x4.mul(w, s1));
    h += 3 * FLOAT;
  }
  const t0 = f32x4.add(f32x4.abs(e0), f32x4.abs(o0)), t1 = f32x4.add(f32x4.abs(e1), f32x4.abs(o1));
  peak = f32x4.max(peak, f32x4.max(t0, t1));
  return f32x4.max(peak, f32x4.max(f32x4.abs(m0), f32x4.abs(m1)));
}

function one(x: usize, h: usize): f32 {
  let e: f32 = 0, o: f32 = 0, m: f32 = 0;
  for (let k: i32 = 0; k < TAPS; k++) {
    const a = load<f32>(pairOf(x, k)), b = load<f32>(twinOf(x, k));
    e += load<f32>(h) * (a + b);
    o += load<f32>(h, 4) * (a - b);
    m += load<f32>(h, 8) * (a + b);
    h += 3 * FLOAT;
  }
  return max<f32>(abs<f32>(e) + abs<f32>(o), abs<f32>(m));
}

// @ts-ignore: decorator
@inline
function across(v: v128): f32 {
  return max<f32>(
    max<f32>(f32x4.extract_lane(v, 0), f32x4.extract_lane(v, 1)),
    max<f32>(f32x4.extract_lane(v, 2), f32x4.extract_lane(v, 3)),
  );
}

function largest(x: usize, vectors: i32): f32 {
  let m0 = f32x4.splat(0), m1 = f32x4.splat(0);
  for (let i: i32 = 0; i < vectors; i += 2) {
    m0 = f32x4.max(m0, f32x4.abs(v128.load(x)));
    m1 = f32x4.max(m1, f32x4.abs(v128.load(x, 16)));
    x += 32;
  }
  return across(f32x4.max(m0, m1));
}

/**
 * Largest absolute value at and between n samples, at least `peak`.
 * @param x address of the first sample; 16 samples before and 48 behind the last are readable
 * @param h 12 × (even, odd, middle)
 * @param rise no phase raises a sample by more than this factor: where that cannot pass the peak, nothing is computed
 */
export function truePeak(x: usize, n: i32, h: usize, peak: f32, rise: f32): f32 {
  let i: i32 = 0;
  for (; i + BLOCK <= n; i += BLOCK) {
    const at = x + (<usize>i << 2);
    const sample = largest(at, BLOCK / 4);
    const around = max<f32>(sample, max<f32>(largest(at - 16 * FLOAT, 4), largest(at + BLOCK * FLOAT, 4)));
    if (sample > peak) peak = sample;
    if (around * rise <= peak) continue;
    let found = f32x4.splat(peak);
    for (let k: i32 = 0; k < BLOCK; k += 8) found = eight(at + (<usize>k << 2), h, found);
    peak = across(found);
  }
  for (; i < n; i++) {
    const at = x + (<usize>i << 2);
    peak = max<f32>(peak, max<f32>(abs<f32>(load<f32>(at)), one(at, h)));
  }
  return peak;
}

/**
 * Mean squares of the K-weighted samples of whole blocks.
 * @param c b0, b1, b2, a1, a2 of the shelf, then a1, a2 of the high-pass (b = 1, −2, 1)
 * @param state x1, x2, y1, y2, z1, z2, carried from call to call
 */
export function powers(x: usize, blocks: i32, size: i32, c: usize, state: usize, out: usize): void {
  const b0 = load<f64>(c), b1 = load<f64>(c, 8), b2 = load<f64>(c, 16), a1 = load<f64>(c, 24), a2 = load<f64>(c, 32);
  const h1 = load<f64>(c, 40), h2 = load<f64>(c, 48);
  let x1 = load<f64>(state), x2 = load<f64>(state, 8), y1 = load<f64>(state, 16), y2 = load<f64>(state, 24);
  let z1 = load<f64>(state, 32), z2 = load<f64>(state, 40);
  for (let block: i32 = 0; block < blocks; block++) {
    let sum: f64 = 0;
    for (let i: i32 = 0; i < size; i++) {
      const v = <f64>load<f32>(x);
      // The newest value comes last in each sum: the next step waits for one product and one difference only.
      const y = b0 * v + b1 * x1 + b2 * x2 - a2 * y2 - a1 * y1;
      const z = y - 2 * y1 + y2 - h2 * z2 - h1 * z1;
      x2 = x1; x1 = v; y2 = y1; y1 = y; z2 = z1; z1 = z;
      sum += z * z;
      x += FLOAT;
    }
    store<f64>(out + (<usize>block << 3), sum / <f64>size);
    // Behind long silence the state would reach subnormal numbers, which are slow and mean nothing.
    if (abs(y1) < 1e-200) { y1 = 0; y2 = 0; }
    if (abs(z1) < 1e-200) { z1 = 0; z2 = 0; }
  }
  store<f64>(state, x1); store<f64>(state, x2, 8); store<f64>(state, y1, 16); store<f64>(state, y2, 24);
  store<f64>(state, z1, 32); store<f64>(state, z2, 40);
}
