import { serialize } from 'bson';
import type { CommandError } from '../gateway/errors.ts';
import { nameOfCode } from '../gateway/errors.ts';

export const encode = (document: Readonly<Record<string, unknown>>): Buffer => Buffer.from(serialize(document));

export const success = (fields: Readonly<Record<string, unknown>> = {}): Buffer => encode({ ...fields, ok: 1 });

export function failure({ code, message, labels }: CommandError): Buffer {
  const errorLabels = labels.length > 0 ? { errorLabels: [...labels] } : {};
  return encode({ ok: 0, errmsg: message, code, codeName: nameOfCode(code), ...errorLabels });
}
