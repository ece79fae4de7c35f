// The amp kernel: stateless code over imported memory that a planner (src/own) laid out. SIMD lanes run over time for
// WaveNet and over hidden units for LSTM. Every sum has one fixed order per output sample, so no bit depends on block,
// window, tile or lane; no fused or relaxed operations, for the same reason.
// AssemblyScript: compiled by tools/wasm.mjs, not by tsc.
import { bend } from './parts/bend';
import { convolve1 } from './parts/convolve1';
import { convolve2 } from './parts/convolve2';
import { convolve3 } from './parts/convolve3';
import { convolve4 } from './parts/convolve4';
import { lstmHead, lstmLayer } from './parts/lstm';

/** Words of one operation; `src/own/program.ts` writes them. Rows are byte addresses, strides are bytes. */
const OP_BYTES: usize = 20 << 2;
const CONVOLVE: i32 = 0;
const BEND: i32 = 1;
const SHIFT: i32 = 2;
const LSTM_LAYER: i32 = 3;
const LSTM_HEAD: i32 = 4;

/**
 * Frames that pass all layers before the next ones do, so that what one layer leaves lies near for the next; whole tiles
 * of 8, 12, 16 and 32 frames.
 */
const WINDOW: i32 = 384;

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

function convolve(op: usize, t0: i32, frames: i32): void {
  const rows = load<i32>(op, 4);
  if (rows == 4) convolve4(op, t0, frames);
  else if (rows == 3) convolve3(op, t0, frames);
  else if (rows == 2) convolve2(op, t0, frames);
  else convolve1(op, t0, frames);
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
