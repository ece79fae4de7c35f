import { z } from 'zod';
import { openValues } from './schemas';

const cache = new WeakMap<z.ZodType, z.ZodType>();

/**
 * The tolerant twin of a strict schema: unknown keys are dropped at every depth and unknown values of an
 * `openEnum` become `'unknown'`, so that an older reader survives a newer writer.
 */
export function readerOf<S extends z.ZodType>(schema: S): z.ZodType<z.output<S>> {
  let reader = cache.get(schema);
  if (!reader) cache.set(schema, (reader = rebuild(schema)));
  return reader as z.ZodType<z.output<S>>;
}

function rebuild(schema: z.ZodType): z.ZodType {
  const values = openValues(schema);
  if (values) return z.string().transform((value) => (values.includes(value) ? value : 'unknown'));
  if (schema instanceof z.ZodObject) return rebuildObject(schema);
  if (schema instanceof z.ZodArray) return keepChecks(schema, z.array(readerOf(schema.element as z.ZodType)));
  if (schema instanceof z.ZodOptional) return readerOf(schema.unwrap() as z.ZodType).optional();
  if (schema instanceof z.ZodNullable) return readerOf(schema.unwrap() as z.ZodType).nullable();
  if (schema instanceof z.ZodDefault)
    return z.prefault(readerOf(schema.unwrap() as z.ZodType), schema.def.defaultValue as never);
  if (schema instanceof z.ZodRecord)
    return z.record(schema.keyType as z.ZodString, readerOf(schema.valueType as z.ZodType));
  if (schema instanceof z.ZodTuple)
    return z.tuple(schema.def.items.map((item) => readerOf(item as z.ZodType)) as [z.ZodType]);
  if (schema instanceof z.ZodUnion) return rebuildUnion(schema);
  return schema;
}

function rebuildObject(schema: z.ZodObject): z.ZodType {
  const shape = Object.fromEntries(
    Object.entries(schema.shape).map(([key, each]) => [key, readerOf(each as z.ZodType)]),
  );
  return keepChecks(schema, z.object(shape));
}

function rebuildUnion(schema: z.ZodUnion): z.ZodType {
  const options = schema.options.map((option) => readerOf(option as z.ZodType)) as [z.ZodType, ...z.ZodType[]];
  return schema instanceof z.ZodDiscriminatedUnion
    ? z.discriminatedUnion(schema.def.discriminator, options as never)
    : z.union(options);
}

function keepChecks(from: z.ZodType, to: z.ZodType): z.ZodType {
  const checks = from._zod.def.checks ?? [];
  return checks.length === 0 ? to : to.check(...(checks as never[]));
}
