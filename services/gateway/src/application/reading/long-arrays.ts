import type { Finding } from '@gts/kernel';
import { z } from 'zod';
import { pointerTo } from './json-reader';

type Found = { readonly value: unknown; readonly findings: readonly Finding[] };
const same = (value: unknown): Found => ({ value, findings: [] });

/**
 * Empties arrays that are longer than their schema takes, with one finding each, before the schema looks at
 * every element: 100,000 wrong elements would give 100,000 findings.
 */
export function cutLongArrays(schema: z.ZodType, value: unknown, pointer = ''): Found {
  const inner = unwrapped(schema);
  if (Array.isArray(value)) return cutArray(inner, value, pointer);
  if (!(inner instanceof z.ZodObject) || typeof value !== 'object' || value === null) return same(value);
  const parts = Object.entries(value).map(([key, each]) => {
    const below = inner.shape[key] as z.ZodType | undefined;
    return [key, below ? cutLongArrays(below, each, pointerTo(pointer, key)) : same(each)] as const;
  });
  return {
    value: Object.assign(
      Object.create(null),
      Object.fromEntries(parts.map(([key, part]) => [key, part.value])),
    ) as unknown,
    findings: parts.flatMap(([, part]) => part.findings),
  };
}

const HARD_LIMIT = 1000;

function cutArray(schema: z.ZodType, value: readonly unknown[], pointer: string): Found {
  const limit = schema instanceof z.ZodArray ? (mostItems(schema) ?? HARD_LIMIT) : HARD_LIMIT;
  if (value.length <= limit) return same(value);
  return { value: [], findings: [{ code: 'too-many-items', pointer, detail: `at most ${limit} items`, limit }] };
}

function mostItems(schema: z.ZodArray): number | undefined {
  const limits = (schema.def.checks ?? [])
    .map((check) => (check._zod.def as { maximum?: number }).maximum)
    .filter((maximum) => maximum !== undefined);
  return limits.length === 0 ? undefined : Math.min(...limits);
}

/** The schema inside optional, nullable, default and the like. */
export function unwrapped(schema: z.ZodType): z.ZodType {
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault
  )
    return unwrapped(schema.unwrap() as z.ZodType);
  return schema;
}
