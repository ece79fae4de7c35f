import { biquad, type Biquad, type BiquadKind, runBiquad } from './biquad';
import { convolve64, type Ir, prepareIr } from './convolve';
import { audioRefusal } from './refusals';
import { type Tell } from './tell';
import { factorOf } from './units';

/** The six built-in effects of product.md §2.3 with their parameter names. */
export type EffectName = 'high_pass' | 'low_pass' | 'gain' | 'eq3' | 'delay' | 'reverb_ir';
export type EffectParams = Readonly<Record<string, number>>;

type Range = readonly [least: number, most: number, standard: number];
/** Least, most and default value of each parameter; the edges that people see are those of `chain-rules`. */
export const effectRanges: Readonly<Record<EffectName, Readonly<Record<string, Range>>>> = {
  high_pass: { frequencyHz: [20, 1000, 80], q: [0.1, 10, 0.707] },
  low_pass: { frequencyHz: [1000, 20_000, 12_000], q: [0.1, 10, 0.707] },
  gain: { gainDb: [-24, 24, 0] },
  eq3: {
    lowGainDb: [-12, 12, 0],
    midGainDb: [-12, 12, 0],
    highGainDb: [-12, 12, 0],
    lowHz: [40, 400, 100],
    midHz: [200, 5000, 750],
    midQ: [0.3, 4, 0.7],
    highHz: [1500, 12_000, 4000],
  },
  delay: { timeMs: [1, 2000, 375], feedbackPercent: [0, 95, 30], mixPercent: [0, 100, 25] },
  reverb_ir: { mixPercent: [0, 100, 20] },
};
const SHELF_Q = 0.707;
/** An echo may ring at most 3 s after the input. */
const LONGEST_ECHO = 144_000;

/**
 * Fills defaults and refuses what is unknown or out of range.
 * @throws `fx.params`
 */
export function effectParams(effect: EffectName, given: EffectParams = {}): EffectParams {
  const ranges = effectRanges[effect] as (typeof effectRanges)[EffectName] | undefined;
  if (!ranges) throw audioRefusal('fx.params', `no effect is named ${String(effect)}`);
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(ranges, name));
  if (unknown !== undefined) throw audioRefusal('fx.params', `${effect} has no parameter ${unknown}`);
  const filled = Object.entries(ranges).map(([name, [least, most, standard]]) => {
    const value = given[name] ?? standard;
    if (!(value >= least && value <= most))
      throw audioRefusal('fx.params', `${effect}.${name} lies in ${least} to ${most}`, { limit: `${least}..${most}` });
    return [name, value] as const;
  });
  return Object.fromEntries(filled);
}

function filtered(x: Float32Array, sections: readonly Biquad[]): Float32Array {
  const y = new Float64Array(x);
  for (const section of sections) runBiquad(y, section);
  return new Float32Array(y);
}

const pass =
  (kind: BiquadKind) =>
  (x: Float32Array, { frequencyHz, q }: EffectParams) =>
    filtered(x, [biquad(kind, { frequencyHz, q })]);

const eq3 = (x: Float32Array, p: EffectParams) =>
  filtered(x, [
    biquad('lowshelf', { frequencyHz: p['lowHz'], q: SHELF_Q, gainDb: p['lowGainDb'] }),
    biquad('peaking', { frequencyHz: p['midHz'], q: p['midQ'], gainDb: p['midGainDb'] }),
    biquad('highshelf', { frequencyHz: p['highHz'], q: SHELF_Q, gainDb: p['highGainDb'] }),
  ]);

function gain(x: Float32Array, { gainDb }: EffectParams): Float32Array {
  const factor = factorOf(gainDb);
  const out = new Float32Array(x.length);
  for (let i = 0; i < x.length; i++) out[i] = x[i] * factor;
  return out;
}

/** Logarithms differ in the last bit between engines of JavaScript: not where that would be one repeat more. */
const LAST_BITS = 1e-9;
/** Frames until an echo has fallen by 60 dB, at most 3 s. */
export function echoTail(delay: number, feedback: number): number {
  const repeats = feedback === 0 ? 0 : Math.ceil(Math.log(0.001) / Math.log(feedback) - LAST_BITS);
  return Math.min(delay * (1 + repeats), LONGEST_ECHO);
}

function delay(x: Float32Array, { timeMs, feedbackPercent, mixPercent }: EffectParams): Float32Array {
  const distance = Math.round(48 * timeMs);
  const feedback = feedbackPercent / 100;
  const mix = mixPercent / 100;
  const echo = new Float64Array(x.length + echoTail(distance, feedback));
  const out = new Float32Array(echo.length);
  for (let n = 0; n < out.length; n++) {
    const dry = n < x.length ? x[n] : 0;
    const at = n - distance;
    if (at >= 0) echo[n] = (at < x.length ? x[at] : 0) + feedback * echo[at];
    out[n] = (1 - mix) * dry + mix * echo[n];
  }
  return out;
}

/** Scales a reverb's response to Σh² = 1, so that one mix means one loudness. */
export function prepareReverb(h: Float32Array): Ir {
  let energy = 0;
  for (let i = 0; i < h.length; i++) energy += h[i] * h[i];
  const scale = energy > 0 ? 1 / Math.sqrt(energy) : 0;
  return prepareIr(h.map((v) => v * scale));
}

function reverb(x: Float32Array, mixPercent: number, wet: Float64Array): Float32Array {
  const mix = mixPercent / 100;
  const out = new Float32Array(wet.length);
  for (let n = 0; n < out.length; n++) out[n] = (1 - mix) * (n < x.length ? x[n] : 0) + mix * wet[n];
  return out;
}

const simple: Readonly<Record<Exclude<EffectName, 'reverb_ir'>, (x: Float32Array, p: EffectParams) => Float32Array>> = {
  high_pass: pass('highpass'),
  low_pass: pass('lowpass'),
  gain,
  eq3,
  delay,
};

export type EffectCall = Readonly<{ effect: EffectName; params?: EffectParams; ir?: Ir | undefined }>;

/**
 * Stage 5c: one effect over mono 48 kHz, state from zero; delay and reverb make it longer.
 * `ir` belongs to `reverb_ir` alone and comes from {@link prepareReverb}.
 * @throws `fx.params`
 */
export function applyEffect(x: Float32Array, { effect, params, ir }: EffectCall, tell?: Tell): Float32Array {
  const filled = effectParams(effect, params);
  if (effect !== 'reverb_ir') return simple[effect](x, filled);
  if (!ir) throw audioRefusal('fx.params', 'reverb_ir needs an impulse response');
  return reverb(x, filled['mixPercent'], convolve64(x, ir, tell));
}
