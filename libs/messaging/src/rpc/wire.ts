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
import { headerReader } from '../nats/wire';

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

/** How to read each of them. */
export const READ = {
  deadline: headerReader(WIRE.deadline),
  version: headerReader(WIRE.version),
  token: headerReader(WIRE.token),
  correlation: headerReader(WIRE.correlation),
  commandId: headerReader(WIRE.commandId),
  traceparent: headerReader(WIRE.traceparent),
  status: headerReader(WIRE.status),
  replayed: headerReader(WIRE.replayed),
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

/** Request headers with what varies; what does not is text that was made once. */
export type RequestHeaders = Readonly<{
  deadlineMs: number;
  token: string | undefined;
  traceparent: string | undefined;
  ctx: Pick<Context, 'correlationId' | 'commandId'>;
}>;

const line = (name: string, value: string): string => `${name}: ${value}\r\n`;
const clean = (value: string): string => (/[\r\n]/.test(value) ? value.replace(/[\r\n]/g, ' ') : value);

/** First lines of every request of a definition. */
export const requestPrefix = (version: number): string => `NATS/1.0\r\n${line(WIRE.version, String(version))}`;

const MOST_TOKENS = 1000;
/** A token is sent many times; its line is made once. */
const tokenLines = new Map<string, string>();
function tokenLine(token: string): string {
  const known = tokenLines.get(token);
  if (known !== undefined) return known;
  if (tokenLines.size >= MOST_TOKENS) tokenLines.clear();
  const made = line(WIRE.token, clean(token));
  tokenLines.set(token, made);
  return made;
}

/** The header section of one request. */
export function requestHeaders(prefix: string, { deadlineMs, token, traceparent, ctx }: RequestHeaders): string {
  let text = `${prefix}${WIRE.deadline}: ${deadlineMs}\r\n${WIRE.correlation}: ${clean(ctx.correlationId)}\r\n`;
  if (token !== undefined) text += tokenLine(token);
  if (ctx.commandId !== undefined) text += line(WIRE.commandId, clean(ctx.commandId));
  if (traceparent !== undefined) text += line(WIRE.traceparent, clean(traceparent));
  return `${text}\r\n`;
}

export const digestText = (data: unknown): string => canonicalJson(data);
