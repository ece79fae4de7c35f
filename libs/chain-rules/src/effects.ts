/** A number that people may set; values are rounded to `step`. */
export type Parameter = Readonly<{ unit: string; min: number; max: number; default: number; step: number }>;
type Placement = 'pedal' | 'post_effect';
export type Effect = Readonly<{
  placement: readonly Placement[];
  /** Plays an impulse response of its own. */
  needsGearModel: boolean;
  params: Readonly<Record<string, Parameter>>;
}>;
export type EffectName = 'high_pass' | 'low_pass' | 'gain' | 'eq3' | 'delay' | 'reverb_ir';

const hz = (min: number, max: number, value: number): Parameter => ({ unit: 'Hz', min, max, default: value, step: 1 });
const db = (most: number): Parameter => ({ unit: 'dB', min: -most, max: most, default: 0, step: 0.1 });
const percent = (max: number, value: number): Parameter => ({ unit: '%', min: 0, max, default: value, step: 1 });
// 0.707 is the flat (Butterworth) shape and lies between two steps, so it stays reachable as the default.
const q = (min: number, max: number, value: number): Parameter => ({ unit: 'q', min, max, default: value, step: 0.01 });
const either = ['pedal', 'post_effect'] as const;
const after = ['post_effect'] as const;
const plain = { placement: either, needsGearModel: false };

/** The built-in effects; their sound is defined in the audio library. */
export const EFFECTS: Readonly<Record<EffectName, Effect>> = {
  high_pass: { ...plain, params: { frequencyHz: hz(20, 1000, 80), q: q(0.1, 10, 0.707) } },
  low_pass: { ...plain, params: { frequencyHz: hz(1000, 20_000, 12_000), q: q(0.1, 10, 0.707) } },
  gain: { ...plain, params: { gainDb: db(24) } },
  eq3: {
    ...plain,
    params: {
      lowGainDb: db(12),
      midGainDb: db(12),
      highGainDb: db(12),
      lowHz: hz(40, 400, 100),
      midHz: hz(200, 5000, 750),
      midQ: q(0.3, 4, 0.7),
      highHz: hz(1500, 12_000, 4000),
    },
  },
  delay: {
    placement: after,
    needsGearModel: false,
    params: {
      timeMs: { unit: 'ms', min: 1, max: 2000, default: 375, step: 1 },
      feedbackPercent: percent(95, 30),
      mixPercent: percent(100, 25),
    },
  },
  reverb_ir: { placement: after, needsGearModel: true, params: { mixPercent: percent(100, 20) } },
};

const byName: ReadonlyMap<string, Effect> = new Map(Object.entries(EFFECTS));
export const effectOf = (name: string): Effect | undefined => byName.get(name);
export const parameterOf = (effect: Effect, name: string): Parameter | undefined =>
  Object.hasOwn(effect.params, name) ? effect.params[name] : undefined;

/** The value on the parameter's grid; the default is kept as it is, also between two steps. */
export function onStep(parameter: Parameter, value: number): number {
  if (value === parameter.default) return value;
  const perUnit = Math.round(1 / parameter.step);
  return Math.round(value * perUnit) / perUnit;
}

/** All parameters of an effect: set ones rounded to their step, the others at their default; unknown ones dropped. */
export function fullParams(name: string, params: Readonly<Record<string, number>> = {}): Record<string, number> {
  const known = Object.entries(effectOf(name)?.params ?? {});
  return Object.fromEntries(
    known.map(([key, parameter]) => [key, onStep(parameter, params[key] ?? parameter.default)] as const),
  );
}
