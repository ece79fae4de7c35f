import { createHash } from 'node:crypto';
import { Bits, wordAt } from './bits';
import { broken, flacParts } from './pad-flac';

const SYNC = 0b111111111111100;
const [CONSTANT, VERBATIM, FIXED, LINEAR] = [0, 1, 8, 32];
/** The fixed predictors of orders 0 to 4. */
const FIXED_WEIGHTS: readonly (readonly number[])[] = [[], [1], [2, -1], [3, -3, 1], [4, -6, 4, -1]];
const MOST_ORDER = 32;
const [MONO, BITS] = [0, 16];

type Info = Readonly<{ frames: number; md5: string }>;

function infoOf(streamInfo: Uint8Array, mostFrames: number): Info {
  const bits = new Bits(streamInfo);
  bits.at = 100;
  const [channels, depth] = [bits.read(3), bits.read(5) + 1];
  const frames = bits.read(4) * 2 ** 32 + bits.read(32);
  if (channels !== MONO || depth !== BITS) throw broken('is not mono with 16 bits');
  if (frames > mostFrames) throw broken('is longer than its sound');
  return { frames, md5: Buffer.from(streamInfo.subarray(18, 34)).toString('hex') };
}

/** Block sizes by their code; 6 and 7 stand behind the frame's number. */
function blockSize(bits: Bits, code: number): number {
  if (code === 1) return 192;
  if (code === 6 || code === 7) return bits.read(code === 6 ? 8 : 16) + 1;
  return code < 6 ? 576 << (code - 2) : 256 << (code - 8);
}

/** Reads a frame's header. @returns its samples */
function frameHeader(bits: Bits): number {
  if (bits.read(15) !== SYNC) throw broken('has no frame where one must begin');
  bits.skip(1);
  const [size, rate] = [bits.read(4), bits.read(4)];
  if (bits.read(4) !== MONO) throw broken('has a frame of several channels');
  bits.skip(4);
  // The frame's number: as many bytes as its first begins with ones, at least one.
  bits.skip(8 * Math.max(1, Math.clz32(~bits.peek())));
  const samples = blockSize(bits, size);
  bits.skip(rate === 12 ? 8 : rate > 12 ? 16 : 0);
  bits.skip(8);
  return samples;
}

/** One partition: each sample's quotient in zeros before a one, then `k` bits; even is positive. */
function rice(bits: Bits, part: Float64Array, k: number): void {
  const { bytes } = bits;
  let { at } = bits;
  for (let i = 0; i < part.length; i++) {
    const word = wordAt(bytes, at);
    const zeros = Math.clz32(word);
    let folded = zeros << k;
    if (zeros + k < 32) {
      if (k > 0) folded |= (word << (zeros + 1)) >>> (32 - k);
      at += zeros + 1 + k;
    } else {
      bits.at = at;
      folded = (bits.zeros() << k) | bits.read(k);
      ({ at } = bits);
    }
    part[i] = (folded >>> 1) ^ -(folded & 1);
  }
  bits.at = at;
  bits.skip(0);
}

/** What the prediction left, behind the first `order` samples. */
function residual(bits: Bits, x: Float64Array, order: number): void {
  const wide = bits.read(2) === 1 ? 5 : 4;
  const partitions = 1 << bits.read(4);
  const size = x.length / partitions;
  if (!Number.isInteger(size) || size < order) throw broken('has partitions that do not fit');
  for (let p = 0; p < partitions; p++) {
    const part = x.subarray(p === 0 ? order : p * size, (p + 1) * size);
    const k = bits.read(wide);
    if (k < (1 << wide) - 1) rice(bits, part, k);
    else raw(bits, part, bits.read(5));
  }
}

function raw(bits: Bits, part: Float64Array, width: number): void {
  for (let i = 0; i < part.length; i++) part[i] = bits.signed(width);
}

/** Adds to each sample what those before it foretell; float64 holds every sum exactly. */
function predict(x: Float64Array, weights: readonly number[], scale: number): void {
  const order = weights.length;
  const w = Float64Array.from(weights);
  for (let i = order; i < x.length; i++) {
    let sum = 0;
    for (let j = 0; j < order; j++) sum += w[j] * x[i - 1 - j];
    x[i] += Math.floor(sum * scale);
  }
}

function linear(bits: Bits, x: Float64Array, order: number): void {
  const precision = bits.read(4) + 1;
  const shift = bits.signed(5);
  if (shift < 0) throw broken('has a predictor that cannot be');
  const weights = Array.from({ length: order }, () => bits.signed(precision));
  residual(bits, x, order);
  predict(x, weights, 2 ** -shift);
}

type Prediction = Readonly<{ order: number; fixed: boolean }>;

/** @throws where the type is none of the format's */
function predictionOf(type: number, x: Float64Array): Prediction {
  const fixed = type < LINEAR;
  const order = fixed ? type - FIXED : type - LINEAR + 1;
  const most = Math.min(x.length, fixed ? FIXED_WEIGHTS.length - 1 : MOST_ORDER);
  if (order < 0 || order > most) throw broken('has a frame of no known kind');
  return { order, fixed };
}

function predicted(bits: Bits, x: Float64Array, { order, fixed }: Prediction): void {
  if (!fixed) return linear(bits, x, order);
  residual(bits, x, order);
  predict(x, FIXED_WEIGHTS[order], 1);
}

/** The one channel of a frame. */
function subframe(bits: Bits, x: Float64Array): void {
  const type = bits.read(7);
  const wasted = bits.read(1) === 1 ? bits.zeros() + 1 : 0;
  const width = BITS - wasted;
  if (type === CONSTANT) x.fill(bits.signed(width));
  else if (type === VERBATIM) raw(bits, x, width);
  else {
    const prediction = predictionOf(type, x);
    raw(bits, x.subarray(0, prediction.order), width);
    predicted(bits, x, prediction);
  }
  if (wasted > 0) for (let i = 0; i < x.length; i++) x[i] *= 2 ** wasted;
}

/**
 * The samples of a FLAC file, mono with 16 bits, as a player finds them; a second reading beside the encoder's own.
 * @param mostFrames more are refused before there is room for them
 * @throws `encoder.failed` when it is no such file, or its samples are not those that its MD5 tells of
 * @see RFC 9639
 */
export function readFlac16(bytes: Uint8Array, mostFrames: number): Int16Array {
  const { streamInfo, frames: body } = flacParts(bytes);
  const { frames, md5 } = infoOf(streamInfo, mostFrames);
  const out = new Int16Array(frames);
  const bits = new Bits(body);
  let room = new Float64Array();
  for (let at = 0; at < frames;) {
    const samples = frameHeader(bits);
    if (at + samples > frames) throw broken('has more samples than it says');
    // One room for all frames, each of which writes its whole: a new one for each would be four times the sound.
    if (samples > room.length) room = new Float64Array(samples);
    const x = room.subarray(0, samples);
    subframe(bits, x);
    bits.align();
    bits.skip(16);
    out.set(x, at);
    at += x.length;
  }
  const found = createHash('md5').update(new Uint8Array(out.buffer)).digest('hex');
  if (found !== md5) throw broken('holds other samples than it says');
  return out;
}
