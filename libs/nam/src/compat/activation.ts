import { notPlayed } from '../architecture';
import { type Bend, type RawForeignArray } from './schema';

const known = new Set([
  'Tanh',
  'Hardtanh',
  'Fasttanh',
  'ReLU',
  'LeakyReLU',
  'PReLU',
  'Sigmoid',
  'SiLU',
  'Hardswish',
  'LeakyHardtanh',
  'Softsign',
]);
const modes = new Set(['none', 'gated', 'blended']);
const SIGMOID: Bend = { type: 'Sigmoid' };

const listed = <T>(value: T | readonly T[], count: number): readonly T[] =>
  Array.isArray(value) ? (value as readonly T[]) : Array.from({ length: count }, () => value as T);

/** One mode a layer; `gated` is how the first generation wrote it. */
export const gatingOf = ({ gated, gating_mode, dilations }: RawForeignArray): readonly string[] =>
  listed(gating_mode ?? (gated ? 'gated' : 'none'), dilations.length);

export const activationsOf = ({ activation, dilations }: RawForeignArray): readonly Bend[] =>
  listed(activation, dilations.length);

/** The second activation of gated layers; others have none, but the engine wants one a layer. */
export const secondariesOf = (raw: RawForeignArray): readonly Bend[] =>
  listed(raw.secondary_activation ?? SIGMOID, raw.dilations.length).map((bend, i) =>
    bend && gatingOf(raw)[i] !== 'none' ? bend : SIGMOID,
  );

/** @throws `nam.architecture` for an activation or a gate that no engine has */
export function checkBends(raw: RawForeignArray): void {
  for (const mode of gatingOf(raw)) if (!modes.has(mode)) throw notPlayed(`the gating mode ${mode.slice(0, 40)}`);
  for (const bend of [...activationsOf(raw), ...secondariesOf(raw)]) checkBend(bend);
}

/** @throws `nam.architecture` */
export function checkBend({ type }: Bend): void {
  if (!known.has(type)) throw notPlayed(`the activation ${type.slice(0, 40)}`);
}

type Written = Readonly<Record<string, unknown>>;
const leaky = ({ type, min_val = -1, max_val = 1, min_slope = 0.01, max_slope = 0.01 }: Bend): Written => ({
  type,
  min_val,
  max_val,
  min_slope,
  max_slope,
});

/** One slope a channel: with fewer the engine would read past its list. */
function slopes({ type, negative_slope, negative_slopes = [] }: Bend, channels: number): Written {
  const given = negative_slope === undefined ? negative_slopes : [negative_slope];
  return { type, negative_slopes: Array.from({ length: channels }, (_, i) => given[i] ?? given[0] ?? 0.01) };
}

/** As the engine reads it; parameters that the type does not have are left out. */
export function writtenBend(bend: Bend, channels: number): Written {
  const { type, negative_slope = 0.01, alpha = 1 } = bend;
  if (type === 'PReLU') return slopes(bend, channels);
  if (type === 'LeakyReLU') return { type, negative_slope };
  if (type === 'Softsign') return { type, alpha };
  return type === 'LeakyHardtanh' ? leaky(bend) : { type };
}
