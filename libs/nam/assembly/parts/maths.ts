// Arithmetic on four lanes: multiply and add apart, never fused, so that every machine gives the same bits.

// @ts-ignore: decorator
@inline
export function mad(sum: v128, a: v128, b: v128): v128 {
  return f32x4.add(sum, f32x4.mul(a, b));
}

/** Clamp, then numerator and denominator from the highest power; loaded, as a literal is made anew at each use. */
const TANH: usize = memory.data<f32>([
  7.703978, -7.703978, 46.57593536376953, 12061.923828125, 528990.375, 4093953.5, 974.3452758789062, 97420.453125,
  1893636.75, 4093954.25,
]);

// @ts-ignore: decorator
@inline
function constant(index: usize): v128 {
  return v128.load_splat<f32>(TANH + (index << 2));
}

/**
 * x·P(x²)/Q(x²), at most 5e-7 off, odd, exactly ±1 from the clamp on, where it first reaches 1. Minimax of degrees 7
 * and 8 for the relative error, made for this kernel: docs/engine.md. pmin and pmax are one instruction each where min
 * and max are several; in this order of operands a NaN passes.
 */
// @ts-ignore: decorator
@inline
export function tanh4(value: v128): v128 {
  const x = f32x4.pmax(f32x4.pmin(value, constant(0)), constant(1));
  const x2 = f32x4.mul(x, x);
  let p = f32x4.add(f32x4.mul(x2, constant(2)), constant(3));
  let q = f32x4.add(x2, constant(6));
  p = f32x4.add(f32x4.mul(p, x2), constant(4));
  q = f32x4.add(f32x4.mul(q, x2), constant(7));
  p = f32x4.add(f32x4.mul(p, x2), constant(5));
  q = f32x4.add(f32x4.mul(q, x2), constant(8));
  q = f32x4.add(f32x4.mul(q, x2), constant(9));
  return f32x4.div(f32x4.mul(x, p), q);
}

// @ts-ignore: decorator
@inline
export function sigmoid4(value: v128): v128 {
  const half = f32x4.splat(0.5);
  return mad(half, half, tanh4(f32x4.mul(value, half)));
}
