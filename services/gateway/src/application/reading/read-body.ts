import { type Finding, isDomainError } from '@gts/kernel';
import type { z } from 'zod';
import { http } from '../errors';
import { findingsOf, MOST_FINDINGS } from './findings';
import { JsonSyntaxError, readJson } from './json-reader';
import { cutLongArrays } from './long-arrays';

export type Parsed = Readonly<{ value: unknown; findings: readonly Finding[] }>;

/** Decodes a body strictly as UTF-8 JSON. @throws HTTP.MALFORMED_JSON */
export function decodeJson(bytes: Uint8Array): ReturnType<typeof readJson> {
  try {
    return readJson(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (error) {
    if (isDomainError(error)) throw error;
    const detail =
      error instanceof JsonSyntaxError ? `${error.message}, at character ${error.at}` : 'the body is not UTF-8';
    throw http.MALFORMED_JSON.with({ cause: error }, `no JSON: ${detail}`);
  }
}

/** Holds a body against its schema: strict, every finding at once. */
export function readBody(schema: z.ZodType, bytes: Uint8Array): Parsed {
  const { value: raw, forbidden } = decodeJson(bytes);
  return judge(schema, raw, forbidden);
}

/** The same for a value that was read already. */
function judge(schema: z.ZodType, raw: unknown, known: readonly Finding[] = []): Parsed {
  const { value, findings: long } = cutLongArrays(schema, raw);
  const result = schema.safeParse(value);
  const tooLong = new Set(long.map((each) => each.pointer));
  const wrong = result.success ? [] : findingsOf(result.error.issues).filter((each) => !tooLong.has(each.pointer));
  const once = new Map([...known, ...long, ...wrong].map((each) => [`${each.code} ${each.pointer ?? ''}`, each]));
  return { value: result.data, findings: [...once.values()].slice(0, MOST_FINDINGS) };
}
