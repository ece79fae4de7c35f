// Sums of one operation: output = bias + (residual | mix · condition) + Σ taps Σ inputs, in this order. Four tiles of rows
// × frames, each as wide as the registers allow: 8 or 9 sums beside the weights and inputs in use. The planner takes the
// one that leaves no row empty; which one it was changes no bit, as a sum never leaves its lane. Figures: docs/engine.md.

// Words of the operation, in bytes; `src/own/program.ts` writes them.
export const INPUTS = 8;
export const GROUPS = 12;
export const TAPS = 16;
export const DILATION = 20;
export const FROM = 24;
export const FROM_STRIDE = 28;
export const WEIGHTS = 36;
export const BIAS = 40;
export const MIX = 44;
export const CONDITION = 48;
export const RESIDUAL = 52;
export const RESIDUAL_STRIDE = 56;
export const TO = 60;
export const TO_STRIDE = 64;

/** Address, stride and bytes a frame stand side by side. */
// @ts-ignore: decorator
@inline
export function rowAt(op: usize, place: usize, t0: i32): usize {
  return <usize>load<i32>(op + place) + <usize>t0 * <usize>load<i32>(op + place, 8);
}
