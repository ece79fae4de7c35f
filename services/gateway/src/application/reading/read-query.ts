import type { Finding } from '@gts/kernel';
import { z } from 'zod';
import { findingsOf } from './findings';
import { unwrapped } from './long-arrays';

export type QueryRead = Readonly<{
  value: Readonly<Record<string, unknown>>;
  /** 400 unknown-parameter. */
  unknown: readonly Finding[];
  /** 400 invalid-parameter. */
  invalid: readonly Finding[];
  /** 422: readable, but a text is longer than it may be. */
  broken: readonly Finding[];
}>;

const finding = (code: string, parameter: string, detail: string): Finding => ({ code, parameter, detail });

/** Holds the query of an address against its schema; texts become numbers, booleans and lists where these are due. */
export function readQuery(schema: z.ZodObject | undefined, search: URLSearchParams): QueryRead {
  const shape = (schema?.shape ?? {}) as Readonly<Record<string, z.ZodType>>;
  const names = [...new Set(search.keys())];
  const unknown = names
    .filter((name) => !Object.hasOwn(shape, name))
    .map((name) => finding('unknown-parameter', name, 'the route does not know this parameter'));
  const known = names.filter((name) => Object.hasOwn(shape, name));
  const twice = known
    .filter((name) => search.getAll(name).length > 1)
    .map((name) => finding('invalid-parameter', name, 'give this parameter once'));
  const given = Object.fromEntries(known.map((name) => [name, coerced(shape[name], search.get(name) ?? '')]));
  const parsed = (schema ?? z.strictObject({})).safeParse(given);
  const wrong = parsed.success ? [] : findingsOf(parsed.error.issues).map(toParameter);
  const sorts = wrong
    .filter((each) => each.parameter === 'sort')
    .map((each) => ({ ...each, code: 'unknown-parameter' }));
  const texts = wrong.filter((each) => isText(shape[each.parameter ?? '']) && each.code === 'out-of-range');
  const others = wrong.filter((each) => each.parameter !== 'sort' && !texts.includes(each));
  return {
    value: parsed.data ?? {},
    unknown: [...unknown, ...sorts],
    invalid: [...twice, ...others.map((each) => ({ ...each, code: 'invalid-parameter' }))],
    broken: texts,
  };
}

const isText = (schema: z.ZodType | undefined): boolean => !!schema && unwrapped(schema) instanceof z.ZodString;

const toParameter = ({ pointer = '', ...rest }: Finding): Finding => ({
  ...rest,
  parameter: pointer.split('/')[1] ?? '',
});

function coerced(schema: z.ZodType | undefined, text: string): unknown {
  if (!schema) return text;
  const inner = unwrapped(schema);
  if (inner instanceof z.ZodArray) return text.split(',');
  if (inner instanceof z.ZodNumber) return /^-?\d{1,16}$/.test(text) ? Number(text) : text;
  if (inner instanceof z.ZodBoolean) return text === 'true' ? true : text === 'false' ? false : text;
  return text;
}
