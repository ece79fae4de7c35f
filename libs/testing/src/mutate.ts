type Draw = () => number;
type Raw = Readonly<Record<string, unknown>>;
const below = (draw: Draw, count: number): number => Math.floor(draw() * count);
const pick = <T>(draw: Draw, values: readonly T[]): T => values[below(draw, values.length)] as T;

/** The values that readers trip over. */
const numbers = [
  0,
  -0,
  -1,
  1,
  2,
  3,
  0.5,
  1.5,
  64,
  65,
  8193,
  96_001,
  200_001,
  2 ** 31,
  -(2 ** 31),
  2 ** 32,
  2 ** 53,
  1e39,
  1e308,
];
const texts = ['', '\u0000', 'x'.repeat(5000), ...words('3 none gated blended Tanh PReLU Nope 0.5.4 0.7.0 9')];
const shapes: readonly unknown[] = [
  null,
  true,
  false,
  [],
  {},
  [[]],
  [1],
  ['Tanh'],
  { type: 'PReLU', negative_slopes: [] },
  { type: 'Softsign' },
  { active: true },
  { active: true, groups: 2, shift: true, out_channels: 3 },
  { active: false, groups: 1 },
  { out_channels: 1, kernel_size: 2, bias: true },
];
const nasty: readonly unknown[] = [...numbers, ...texts, ...shapes];
const known = words(
  `condition_size bottleneck gated gating_mode secondary_activation head1x1 layer1x1 groups_input groups_input_mixin
   conv_pre_film conv_post_film activation_pre_film head layer1x1_post_film head1x1_post_film condition_dsp in_channels
   kernel_size kernel_sizes sample_rate architecture slimmable __proto__ constructor toString`,
);
function words(text: string): readonly string[] {
  return text.split(/\s+/);
}

/** Paths of all values; long lists are sampled, so that weights do not drown the rest. */
function pathsOf(value: unknown, draw: Draw, at: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [at];
  const keys = Object.keys(value);
  const some = keys.length > 24 ? [pick(draw, keys), pick(draw, keys)] : keys;
  return [at, ...some.flatMap((key) => pathsOf((value as Raw)[key], draw, [...at, key]))];
}

function changed(value: unknown, [key, ...rest]: readonly string[], change: (old: unknown) => unknown): unknown {
  if (key === undefined) return change(value);
  const copy = Array.isArray(value) ? [...(value as unknown[])] : { ...(value as Raw) };
  return Object.assign(copy, { [key]: changed((value as Raw)[key], rest, change) });
}

function changedList(list: readonly unknown[], draw: Draw): unknown {
  const [at, item] = [below(draw, list.length + 1), pick(draw, [list[0], ...nasty])];
  return pick(draw, [list.slice(0, at), list.toSpliced(at, 0, item), [...list, ...list], list.toSpliced(at, 1, item)]);
}

/** Another value in the same place: of the same kind more often than not. */
function disturbed(old: unknown, draw: Draw): unknown {
  if (draw() < 0.4) return pick(draw, nasty);
  if (typeof old === 'number') return pick(draw, [-old, old + 1, old - 1, old * 2, old * 1e30, old / 1e30, 2 * draw()]);
  if (Array.isArray(old)) return changedList(old, draw);
  if (typeof old !== 'object' || old === null) return pick(draw, nasty);
  const entries = Object.entries(old);
  if (entries.length > 0 && draw() < 0.3) return Object.fromEntries(entries.toSpliced(below(draw, entries.length), 1));
  return { ...old, [pick(draw, known)]: pick(draw, nasty) };
}

/** A file of JSON with one to three values changed; `foreign` may stand in for one of them. */
export function mutateJson(file: unknown, draw: Draw, foreign: unknown): unknown {
  let mutant = file;
  for (let changes = draw() < 0.6 ? 1 : 3; changes > 0; changes--) {
    const place = pick(draw, pathsOf(mutant, draw));
    mutant = changed(mutant, place, (old) => (draw() < 0.1 ? foreign : disturbed(old, draw)));
  }
  return mutant;
}

type Cut = (bytes: Buffer, draw: Draw, other: Buffer) => Buffer;
const cuts: readonly Cut[] = [
  (bytes, draw) => bytes.subarray(0, below(draw, bytes.length + 1)),
  (bytes, draw) => bytes.subarray(below(draw, Math.min(64, bytes.length + 1))),
  (bytes, draw, other) =>
    Buffer.concat([bytes.subarray(0, below(draw, bytes.length)), other.subarray(below(draw, other.length))]),
  (bytes, draw) => {
    const at = below(draw, bytes.length);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(Math.max(0, at - below(draw, 40)))]);
  },
];

/** Most changes of a binary file strike its first hundred bytes, where the header stands. */
function overwritten(bytes: Buffer, draw: Draw): Buffer {
  const copy = Buffer.from(bytes);
  if (copy.length < 4) return copy;
  const at = below(draw, draw() < 0.7 ? Math.min(100, copy.length - 3) : copy.length - 3);
  const value = pick(draw, [
    0,
    1,
    2,
    0x7fffffff,
    0x80000000,
    0xffffffff,
    0x7fc00000,
    0xfffe,
    48_000,
    below(draw, 2 ** 32),
  ]);
  if (draw() < 0.4) copy.writeUInt8(value % 256, at);
  else if (draw() < 0.5) copy.writeUInt16LE(value % 65_536, at);
  else copy.writeUInt32LE(value, at);
  return copy;
}

/** A file with one to four places overwritten, cut, doubled or joined with `other`. */
export function mutateBytes(bytes: Buffer, draw: Draw, other: Buffer): Buffer {
  let mutant = bytes;
  for (let changes = 1 + below(draw, 4); changes > 0; changes--)
    mutant = draw() < 0.75 ? overwritten(mutant, draw) : pick(draw, cuts)(mutant, draw, other);
  return mutant;
}
