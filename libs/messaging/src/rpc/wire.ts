import {
  canonicalJson,
  type Context,
  type Details,
  DomainError,
  type Finding,
  isDomainError,
  type Kind,
} from '@gts/kernel';
import type { z } from 'zod';
import { busErrors } from '../errors';

/** Header names of requests and replies. */
export const WIRE = {
  deadline: 'Gts-Deadline-Ms',
  version: 'Gts-Version',
  token: 'Gts-Token',
  correlation: 'Gts-Correlation',
  commandId: 'Gts-Command-Id',
  traceparent: 'traceparent',
  status: 'Gts-Status',
  replayed: 'Gts-Replayed',
} as const;

type ErrorBody = Readonly<{
  kind: Kind;
  code: string;
  message: string;
  details?: Details | undefined;
  retryAfterMs?: number | undefined;
  correlationId: string;
}>;

/** An error as it crosses; a bug shows nothing of itself. */
export function errorBody(error: unknown, correlationId: string): Readonly<{ error: ErrorBody }> {
  const shown = isDomainError(error) && error.kind !== 'bug' ? error : busErrors.INTERNAL();
  const { kind, code, message, details, retryAfterMs } = shown;
  return { error: { kind, code, message, details, retryAfterMs, correlationId } };
}

/** The same branded error on the caller's side. */
export const errorOf = ({ error: { kind, code, message, details, retryAfterMs } }: { error: ErrorBody }): DomainError =>
  new DomainError({ kind, code, message, details, retryAfterMs });

const words: Readonly<Record<string, string>> = {
  invalid_type: 'invalid-type',
  unrecognized_keys: 'unknown-field',
  too_small: 'out-of-range',
  too_big: 'out-of-range',
  invalid_value: 'invalid-value',
};
type Issue = z.ZodError['issues'][number];

function findingOf({ code, message, path }: Issue): Finding {
  const pointer = path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
  // Our own checks carry the finding's code as their message.
  const own = /^[a-z]+(-[a-z]+)*$/.test(message) ? message : undefined;
  return { code: own ?? words[code] ?? 'invalid-value', pointer, detail: own ? own.replaceAll('-', ' ') : message };
}

export const findingsOf = (error: z.ZodError): Finding[] => error.issues.slice(0, 50).map(findingOf);

/** The part of a request's headers that its context gives. */
export function contextHeaders(ctx: Context): Record<string, string> {
  return {
    [WIRE.correlation]: ctx.correlationId,
    ...(ctx.token !== undefined && { [WIRE.token]: ctx.token }),
    ...(ctx.commandId !== undefined && { [WIRE.commandId]: ctx.commandId }),
    ...(ctx.traceparent !== undefined && { [WIRE.traceparent]: ctx.traceparent }),
  };
}

export const digestText = (data: unknown): string => canonicalJson(data);
