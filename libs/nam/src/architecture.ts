import { audioRefusal } from '@gts/audio';
import { type Activation } from './model';
import { type RawActivation, type RawArray, type RawWaveNet } from './schema';

const LEAKY_SLOPE = 0.01;
const notPlayed = (what: string) => audioRefusal('nam.architecture', `no engine plays ${what}`);

/** @throws `nam.architecture` for an activation that no engine has */
export function activationOf(raw: RawActivation): Activation {
  const { type, negative_slope: slope } = typeof raw === 'string' ? { type: raw, negative_slope: undefined } : raw;
  if (type === 'Tanh') return { kind: 'Tanh', slope: 0 };
  if (type === 'ReLU') return { kind: 'ReLU', slope: 0 };
  if (type === 'LeakyReLU') return { kind: 'LeakyReLU', slope: slope ?? LEAKY_SLOPE };
  throw notPlayed(`the activation ${type.slice(0, 40)}`);
}

const isActive = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && (value as { active?: unknown }).active === true;
const each = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);
const isSet = (value: unknown): boolean => value !== undefined && value !== null && value !== false;

const films = /film/i;
const groups = /^groups/;

function oddField([name, value]: readonly [string, unknown]): boolean {
  if (name === 'gated') return each(value).some((gated) => gated === true);
  if (name === 'gating_mode') return each(value).some((mode) => isSet(mode) && mode !== 'none');
  if (name === 'head1x1' || films.test(name)) return each(value).some(isActive);
  if (name === 'layer1x1') return each(value).some((entry) => isSet(entry) && !isActive(entry));
  if (groups.test(name)) return each(value).some((count) => isSet(count) && count !== 1);
  if (name === 'secondary_activation') return each(value).some(isSet);
  return false;
}

/**
 * Refuses the variants of WaveNet that the engine does not have: gates, FiLM, groups, conditions other than the input.
 * @throws `nam.architecture`
 */
export function checkWaveNet(config: RawWaveNet): void {
  if (isSet(config.head)) throw notPlayed('a WaveNet with a head of its own');
  if (isSet(config.condition_dsp)) throw notPlayed('a WaveNet with a conditioning model');
  config.layers.forEach(checkArrayVariant);
}

function checkArrayVariant(array: RawArray): void {
  if ((array.condition_size ?? 1) !== 1) throw notPlayed(`a condition of ${array.condition_size} channels`);
  if ((array.bottleneck ?? array.channels) !== array.channels) throw notPlayed('a bottleneck');
  const odd = Object.entries(array).find(oddField);
  if (odd) throw notPlayed(`layers with ${odd[0]}`);
  for (const raw of Array.isArray(array.activation) ? array.activation : [array.activation]) activationOf(raw);
}
