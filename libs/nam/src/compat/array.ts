import { audioRefusal } from '@gts/audio/browser';
import { requireInteger } from '../bounds';
import { activationsOf, gatingOf, secondariesOf, writtenBend } from './activation';
import { type Film, type RawForeignArray } from './schema';

const filmNames = [
  'conv_pre_film',
  'conv_post_film',
  'input_mixin_pre_film',
  'input_mixin_post_film',
  'activation_pre_film',
  'activation_post_film',
  'layer1x1_post_film',
  'head1x1_post_film',
] as const;
type FilmName = (typeof filmNames)[number];

/** A layer array with every default spelled out and every number checked. */
export type ForeignArray = Readonly<{
  inputs: number;
  condition: number;
  channels: number;
  bottleneck: number;
  kernelSizes: readonly number[];
  dilations: readonly number[];
  gating: readonly string[];
  head: Readonly<{ out_channels: number; kernel_size: number; bias: boolean }>;
  headInputs: number;
  layer1x1: Readonly<{ active: boolean; groups: number }>;
  head1x1: Readonly<{ active: boolean; out_channels: number; groups: number }>;
  groups: Readonly<{ input: number; mixin: number }>;
  films: Readonly<Record<FilmName, Film>>;
  raw: RawForeignArray;
}>;

const schemaError = (detail: string) => audioRefusal('nam.schema', detail);
const outOfBounds = (detail: string) => audioRefusal('nam.bounds', detail);

function headOf({ head, head_size, head_bias }: RawForeignArray, at: string): ForeignArray['head'] {
  if (head) return head;
  if (head_size === undefined) throw schemaError(`${at}: head or head_size is missing`);
  return { out_channels: head_size, kernel_size: 1, bias: head_bias };
}

function kernelsOf({ kernel_sizes, kernel_size, dilations }: RawForeignArray, at: string): readonly number[] {
  if (kernel_sizes) return kernel_sizes;
  if (kernel_size === undefined) throw schemaError(`${at}: kernel_size is missing`);
  return dilations.map(() => kernel_size);
}

const mixerOf = ({ head1x1, channels }: RawForeignArray): ForeignArray['head1x1'] => ({
  active: head1x1?.active ?? false,
  out_channels: head1x1?.out_channels ?? channels,
  groups: head1x1?.groups ?? 1,
});

/** @throws `nam.schema`, `nam.bounds` */
export function foreignArrayOf(raw: RawForeignArray, at: string): ForeignArray {
  requireInteger(raw.dilations.length, `${at}.dilations`, [1, 64]);
  const head1x1 = mixerOf(raw);
  const bottleneck = raw.bottleneck ?? raw.channels;
  const array = {
    inputs: raw.input_size,
    condition: raw.condition_size,
    channels: raw.channels,
    bottleneck,
    kernelSizes: kernelsOf(raw, at),
    dilations: raw.dilations,
    gating: gatingOf(raw),
    head: headOf(raw, at),
    headInputs: head1x1.active ? head1x1.out_channels : bottleneck,
    layer1x1: { active: raw.layer1x1.active, groups: raw.layer1x1.groups },
    head1x1,
    groups: { input: raw.groups_input, mixin: raw.groups_input_mixin },
    films: Object.fromEntries(filmNames.map((name) => [name, raw[name]])) as Record<FilmName, Film>,
    raw,
  };
  checkSizes(array, at);
  checkLists(array, at);
  checkParts(array, at);
  return array;
}

function checkSizes({ kernelSizes, dilations, ...array }: ForeignArray, at: string): void {
  const sizes = { ...array.groups, ...array.head, ...array.head1x1, ...array.layer1x1 };
  const counts = Object.values(array.films).map(({ groups }) => groups);
  const widths = [array.inputs, array.condition, array.channels, array.bottleneck, array.head1x1.groups, ...counts];
  const rest = Object.values(sizes).filter((value) => typeof value === 'number');
  for (const size of [...widths, ...rest, array.head.out_channels]) requireInteger(size, `${at}: a size`, [1, 64]);
  for (const size of kernelSizes) requireInteger(size, `${at}.kernel_size`, [1, 64]);
  for (const each of dilations) requireInteger(each, `${at}.dilations`, [1, 8192]);
}

function checkLists(array: ForeignArray, at: string): void {
  const { raw, dilations } = array;
  const lists = [array.kernelSizes, array.gating, activationsOf(raw), secondariesOf(raw)];
  if (lists.some(({ length }) => length !== dilations.length))
    throw outOfBounds(`${at}: the lists of its layers differ in length`);
}

/** What the engine itself only asserts, or refuses without a word. */
function checkParts({ layer1x1, head1x1, films, channels, bottleneck }: ForeignArray, at: string): void {
  if (!layer1x1.active && bottleneck !== channels) throw outOfBounds(`${at}: a bottleneck needs layer1x1`);
  if (films.layer1x1_post_film.active && !layer1x1.active) throw outOfBounds(`${at}: no layer1x1 to modulate`);
  if (films.head1x1_post_film.active && !head1x1.active) throw outOfBounds(`${at}: no head1x1 to modulate`);
}

/** The array as the engine reads it. */
export const writtenArray = (array: ForeignArray): Readonly<Record<string, unknown>> => ({
  input_size: array.inputs,
  condition_size: array.condition,
  channels: array.channels,
  bottleneck: array.bottleneck,
  kernel_sizes: array.kernelSizes,
  dilations: array.dilations,
  activation: activationsOf(array.raw).map((bend) => writtenBend(bend, array.bottleneck)),
  gating_mode: array.gating,
  secondary_activation: secondariesOf(array.raw).map((bend) => writtenBend(bend, array.bottleneck)),
  head: array.head,
  groups_input: array.groups.input,
  groups_input_mixin: array.groups.mixin,
  layer1x1: array.layer1x1,
  head1x1: array.head1x1,
  ...array.films,
});
