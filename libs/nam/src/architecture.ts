import { audioRefusal } from '@gts/audio/browser';
import { type Activation } from './model';
import { type RawActivation, type RawArray, type RawWaveNet } from './schema';

const LEAKY_SLOPE = 0.01;
export const notPlayed = (what: string) => audioRefusal('nam.architecture', `no engine plays ${what}`);

const activationName = (raw: RawActivation): string => (typeof raw === 'string' ? raw : raw.type);
const own = new Set(['Tanh', 'ReLU', 'LeakyReLU']);

/** @throws `nam.architecture` for an activation that the own engine does not have */
export function activationOf(raw: RawActivation): Activation {
  const type = activationName(raw);
  const slope = typeof raw === 'string' ? undefined : raw.negative_slope;
  if (type === 'Tanh') return { kind: 'Tanh', slope: 0 };
  if (type === 'ReLU') return { kind: 'ReLU', slope: 0 };
  if (type === 'LeakyReLU') return { kind: 'LeakyReLU', slope: slope ?? LEAKY_SLOPE };
  throw notPlayed(`the activation ${type.slice(0, 40)}`);
}

const isActive = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && (value as { active?: unknown }).active !== false;
const each = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);
const isSet = (value: unknown): boolean => value !== undefined && value !== null && value !== false;

const films = /film/i;
const groups = /^groups/;

function oddField([name, value]: readonly [string, unknown]): boolean {
  if (name === 'gated') return each(value).some((gated) => gated === true);
  if (name === 'gating_mode') return each(value).some((mode) => isSet(mode) && mode !== 'none');
  if (name === 'head1x1' || films.test(name)) return each(value).some((entry) => entry === true || isActive(entry));
  if (name === 'layer1x1') return each(value).some((entry) => isSet(entry) && !isPlain(entry));
  if (groups.test(name)) return each(value).some((count) => isSet(count) && count !== 1);
  if (name === 'secondary_activation') return each(value).some((entry) => isSet(entry) && entry !== 'none');
  return false;
}
/** A mixing matrix that is there and whole. */
const isPlain = (entry: unknown): boolean => {
  const { active, groups: count } = entry as { active?: unknown; groups?: unknown };
  return active === true && (!isSet(count) || count === 1);
};

function foreignArray(array: RawArray): string | undefined {
  if ((array.condition_size ?? 1) !== 1) return `a condition of ${array.condition_size} channels`;
  if ((array.bottleneck ?? array.channels) !== array.channels) return 'a bottleneck';
  const odd = Object.entries(array).find(oddField);
  if (odd) return `layers with ${odd[0]}`;
  const strange = [array.activation].flat().find((raw) => !own.has(activationName(raw)));
  return strange === undefined ? undefined : `the activation ${activationName(strange).slice(0, 40)}`;
}

/** What of a WaveNet the own engine does not have, in words; undefined when it plays it. */
export function foreignPart(config: RawWaveNet): string | undefined {
  if (isSet(config.head)) return 'a WaveNet with a head of its own';
  if (isSet(config.condition_dsp)) return 'a WaveNet with a conditioning model';
  if ((config.in_channels ?? 1) !== 1) return `an input of ${config.in_channels} channels`;
  return config.layers.map(foreignArray).find((part) => part !== undefined);
}
