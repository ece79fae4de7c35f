type JsonSchema = Readonly<Record<string, unknown>>;
type Values = Readonly<Record<string, unknown>>;
export type Sampling = Readonly<{
  /** Shared types by name, for `$ref`. */
  shared: Readonly<Record<string, JsonSchema>>;
  /** What the example request says: an answer that has a field of this name repeats it. */
  said: Values;
}>;

const ID = '0199f000-0000-7000-8000-000000000001';
/** What people would see in fields of these names. */
const spoken: Values = {
  title: 'Which cab?',
  name: 'Riff in E',
  label: 'Cab one',
  displayName: 'Ada',
  username: 'ada',
  filename: 'riff.wav',
  detail: 'see the advice',
  mediaType: 'audio/flac',
  sampleRate: 48_000,
  durationMs: 8000,
  frames: 384_000,
  targetLufs: -18,
  integratedLufs: -18,
  truePeakDbtp: -3.2,
  gainDb: -2.4,
  next: null,
};
const strings: readonly string[] = [
  ID,
  '2026-01-01T00:00:00.000Z',
  '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  'aGVsbG8gdGhlcmUgcmVhZGVy',
  'an example',
  'example',
  '1',
];

function matches(value: unknown, schema: JsonSchema): boolean {
  if (typeof value !== 'string') return false;
  const { pattern, minLength = 0, maxLength = Infinity } = schema;
  const fits = value.length >= Number(minLength) && value.length <= Number(maxLength);
  return fits && (typeof pattern !== 'string' || new RegExp(pattern, 'u').test(value));
}

function aString(schema: JsonSchema, hints: readonly unknown[]): unknown {
  // A plain text shows a word, not an id.
  const plain = schema['pattern'] === undefined && schema['format'] === undefined;
  return [...hints, ...(plain ? ['example'] : []), ...strings].find((each) => matches(each, schema)) ?? '';
}

function aNumber({ minimum, maximum, exclusiveMinimum }: JsonSchema, hints: readonly unknown[]): number {
  const [least, most] = [Number(minimum ?? exclusiveMinimum ?? -Infinity), Number(maximum ?? Infinity)];
  const fitting = [...hints, 1, least + 1, least].find(
    (each): each is number => typeof each === 'number' && each >= least && each <= most,
  );
  return fitting ?? 0;
}

function anObject(schema: JsonSchema, sampling: Sampling): unknown {
  const properties = (schema['properties'] ?? {}) as Readonly<Record<string, JsonSchema>>;
  const required = (schema['required'] ?? []) as readonly string[];
  return Object.fromEntries(required.map((name) => [name, sampleOf(properties[name] ?? {}, sampling, name)]));
}

const isNull = ({ type }: JsonSchema): boolean => type === 'null';

/** What a schema is before its type counts: a reference, one value, or a choice. */
function plainer(schema: JsonSchema, { shared }: Sampling): JsonSchema | undefined {
  const { $ref, anyOf, oneOf } = schema;
  if (typeof $ref === 'string') return shared[$ref.split('/').at(-1) ?? ''] ?? {};
  const choices = (anyOf ?? oneOf) as readonly JsonSchema[] | undefined;
  return choices?.find((each) => !isNull(each)) ?? choices?.[0];
}

/** A value that fits a schema, the same each time; fields that may be absent are. */
export function sampleOf(schema: JsonSchema, sampling: Sampling, name = ''): unknown {
  if ('const' in schema) return schema['const'];
  const values = schema['enum'] as readonly unknown[] | undefined;
  const hints = [sampling.said[name], spoken[name]];
  if (values) return hints.find((each) => values.includes(each)) ?? values[0];
  const inner = plainer(schema, sampling);
  if (inner) return name === 'next' ? null : sampleOf(inner, sampling, name);
  const { type } = schema;
  const make = makers[String(Array.isArray(type) ? type[0] : type)];
  return make ? make(schema, { sampling, name, hints }) : false;
}

type At = Readonly<{ sampling: Sampling; name: string; hints: readonly unknown[] }>;
const makers: Readonly<Record<string, (schema: JsonSchema, at: At) => unknown>> = {
  string: (schema, { hints }) => aString(schema, hints),
  integer: (schema, { hints }) => aNumber(schema, hints),
  number: (schema, { hints }) => aNumber(schema, hints),
  array: ({ minItems = 1, items = {} }, { sampling, name }) =>
    Array.from({ length: Math.max(1, Number(minItems)) }, () => sampleOf(items as JsonSchema, sampling, name)),
  object: (schema, { sampling }) => anObject(schema, sampling),
};
