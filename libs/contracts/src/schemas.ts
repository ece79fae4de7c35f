import type { Id, Instant } from '@gts/kernel';
import { z } from 'zod';

// The message of a failed check is the finding's code on the wire (api.md §1).
const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
/** Code units that no text for people holds: C0 and C1 controls (but for those in `but`) and lone surrogates. */
function isUnfit(value: string, but: string): boolean {
  if (!value.isWellFormed()) return true;
  return Array.from(value).some((character) => {
    const code = character.codePointAt(0) ?? 0;
    return (code < 0x20 || (code >= 0x7f && code <= 0x9f)) && !but.includes(character);
  });
}

/** Id of an aggregate: uuidv7, lower case only. */
export const id = <K extends string>(kind: K) =>
  z
    .string()
    .regex(ID, { error: 'invalid-id' })
    .meta({ description: `id of a ${kind}` }) as unknown as z.ZodType<Id<K>, Id<K>>;

const fits = (value: string, min: number, max: number): boolean => {
  const { length } = Array.from(value);
  return length >= min && length <= max;
};

const textOf = (but: string, min: number, max: number) =>
  z
    .string()
    .refine((value) => !isUnfit(value, but), { error: 'invalid-text' })
    .overwrite((value) => value.normalize('NFC').trim())
    .refine((value) => fits(value, min, max), {
      error: 'out-of-range',
      params: { min, max },
    })
    .meta({ minLength: min, maxLength: max });

/** One line of text for people, `min` to `max` code points after NFC and trim; control characters refused. */
export const text = (min: number, max: number) => textOf('', min, max);

/** The same with line feeds allowed. */
export const prose = (min: number, max: number) => textOf('\n', min, max);

/** RFC 3339 UTC with milliseconds. */
export const instant = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, { error: 'invalid-type' })
  .meta({ format: 'date-time' }) as unknown as z.ZodType<Instant, Instant>;

export const sha256 = z.string().regex(/^[0-9a-f]{64}$/, { error: 'invalid-type' });

/** Reference to bytes in the artefact store; audio itself never travels on the bus. */
export const artefactRef = z.strictObject({ sha256, bytes: z.int().min(0), mediaType: z.string().max(100) });
export type ArtefactRef = z.output<typeof artefactRef>;

/** The fields that every stored aggregate shows beside its own. */
export const base = <K extends string>(kind: K) => ({
  id: id(kind),
  version: z.int().min(1),
  eventSeq: z.int().min(0),
  createdAt: instant,
  updatedAt: instant,
});

/** Parameters of a list: `cursor` is opaque. */
export const paging = { limit: z.int().min(1).max(100).default(25), cursor: z.string().max(2048).optional() };

/** One page of `item`. */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.strictObject({ items: z.array(item), next: z.string().nullable() });

/** The lock that If-Match carries; absent or '*': no check. */
export const expectedVersion = z.union([z.int().min(1), z.literal('*')]).optional();

/** A refused outcome of a saga step: `retryable` says whether the same command may succeed later. */
export const failure = { code: z.string().max(100), retryable: z.boolean() };

const openEnums = new WeakMap<z.ZodType, readonly string[]>();

/** An enumeration that may grow: writers are held to `values`, readers turn what they do not know into `'unknown'`. */
export function openEnum<const T extends string>(values: readonly T[]): z.ZodType<T | 'unknown', T> {
  const schema = z.enum(values as unknown as [T, ...T[]]);
  openEnums.set(schema, values);
  return schema as unknown as z.ZodType<T | 'unknown', T>;
}

export const openValues = (schema: z.ZodType): readonly string[] | undefined => openEnums.get(schema);
