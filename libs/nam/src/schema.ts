import { audioRefusal } from '@gts/audio/browser';
import { z } from 'zod';

export const loose = z.looseObject;
/** Absent and null mean the same: exporters write both. */
export const optional = <T extends z.ZodType>(type: T) => type.nullish().transform((value) => value ?? undefined);

const activation = z.union([z.string(), loose({ type: z.string(), negative_slope: optional(z.number()) })]);
export type RawActivation = z.infer<typeof activation>;

const head = loose({ out_channels: z.number(), kernel_size: optional(z.number()), bias: optional(z.boolean()) });

const layerArray = loose({
  input_size: z.number(),
  condition_size: optional(z.number()),
  channels: z.number(),
  bottleneck: optional(z.number()),
  dilations: z.array(z.number()),
  kernel_size: optional(z.number()),
  kernel_sizes: optional(z.array(z.number())),
  activation: z.union([activation, z.array(activation)]),
  head: optional(head),
  head_size: optional(z.number()),
  head_bias: optional(z.boolean()),
});
export type RawArray = z.infer<typeof layerArray>;

export const waveNetConfig = loose({
  layers: z.array(layerArray),
  head: z.unknown().optional(),
  condition_dsp: z.unknown().optional(),
  in_channels: optional(z.number()),
});
export type RawWaveNet = z.infer<typeof waveNetConfig>;
export const lstmConfig = loose({ input_size: z.number(), hidden_size: z.number(), num_layers: z.number() });
const submodel = loose({ max_value: z.number(), model: loose({}) });
export const containerConfig = loose({ submodels: z.array(submodel) });

/** The frame of every file; the weights are looked at one by one in a plain loop, a schema a number is too slow. */
const fileSchema = loose({
  version: z.string(),
  architecture: z.string(),
  config: loose({}),
  weights: z.custom<readonly unknown[]>((value) => Array.isArray(value), 'invalid-type'),
  sample_rate: optional(z.number()),
});
export type RawFile = z.infer<typeof fileSchema>;

/**
 * Parses one part of the file.
 * @throws `nam.schema` naming the first field
 */
export function parsePart<T extends z.ZodType>(schema: T, value: unknown, at: string): z.infer<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const where = [at, ...(issue?.path ?? [])].filter((part) => part !== '').join('.');
  throw audioRefusal('nam.schema', `${where || 'the file'}: ${issue?.message ?? 'of a wrong type'}`);
}

export const parseFile = (value: unknown): RawFile => parsePart(fileSchema, value, '');

/** @throws `nam.version` */
export function checkVersion(version: string): void {
  if (!/^0\.[567]\.\d{1,6}$/.test(version))
    throw audioRefusal('nam.version', `version ${version.slice(0, 20)} is not known: 0.5, 0.6 and 0.7 are read`);
}

/**
 * A model inside a model; version and rate are the outer ones where it says nothing.
 * @throws `nam.schema`, `nam.version`
 */
export function parseInner(value: Readonly<Record<string, unknown>>, outer: RawFile, at: string): RawFile {
  const version = value['version'] ?? outer.version;
  const file = parsePart(fileSchema, { ...value, version, sample_rate: value['sample_rate'] ?? outer.sample_rate }, at);
  checkVersion(file.version);
  return file;
}
