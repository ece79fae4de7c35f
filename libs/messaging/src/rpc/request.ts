import { readerOf, type RpcDef, rpcSubject } from '@gts/contracts';
import { type Context, isGuest } from '@gts/kernel';
import type { Msg } from 'nats';
import type { z } from 'zod';
import { busErrors } from '../errors';
import { bodyText, headerText } from '../nats/wire';
import { findingsOf, READ } from './wire';

const MOST_REPLY_BYTES = 256 * 1024;
const LONGEST_MS = 60_000;
const DEFAULT_MS = 5000;

/** One request at work; most handlers never look at their signal, so it is made when first asked for. */
export class Running {
  readonly until: number;
  #abort: AbortController | undefined;
  #aborted = false;

  constructor(until: number) {
    this.until = until;
  }

  get signal(): AbortSignal {
    this.#abort ??= new AbortController();
    if (this.#aborted) this.#abort.abort();
    return this.#abort.signal;
  }

  /** Whether this was the first time. */
  abort(): boolean {
    if (this.#aborted) return false;
    this.#aborted = true;
    this.#abort?.abort();
    return true;
  }
}

export type RpcHandler = (data: never, ctx: Context) => Promise<unknown>;

/** What is the same for every request of a definition. */
export type Route = Readonly<{
  def: RpcDef;
  handler: RpcHandler;
  subject: string;
  span: string;
  reader: z.ZodType;
}>;
export const routeOf = (def: RpcDef, handler: RpcHandler): Route => ({
  def,
  handler,
  subject: rpcSubject(def),
  span: `serve ${def.type}`,
  reader: readerOf(def.data),
});

/** What a request's headers say. */
export type Request = Readonly<{
  msg: Msg;
  budgetMs: number;
  correlationId: string;
  version: string | undefined;
  token: string | undefined;
  commandId: string | undefined;
  traceparent: string | undefined;
}>;

export function requestOf(msg: Msg): Request {
  const text = headerText(msg);
  return {
    msg,
    budgetMs: Math.min(LONGEST_MS, Number(READ.deadline(text) ?? DEFAULT_MS)),
    correlationId: READ.correlation(text) ?? '',
    version: READ.version(text),
    token: READ.token(text),
    commandId: READ.commandId(text),
    traceparent: READ.traceparent(text),
  };
}

/** Whether a caller may ask this at all; finer rules belong to the use case. */
export function permit({ auth }: RpcDef, ctx: Context): void {
  if (auth === 'public') return;
  const allowed =
    auth === 'service' ? ctx.actor.kind === 'service' : auth === 'self' ? !isGuest(ctx) : ctx.scopes.includes(auth);
  if (allowed) return;
  throw isGuest(ctx) ? busErrors.TOKEN_MISSING() : busErrors.NOT_PERMITTED(auth);
}

function jsonOf(def: RpcDef, msg: Msg): unknown {
  try {
    return JSON.parse(bodyText(msg));
  } catch (cause) {
    throw busErrors.DATA_INVALID.with({ cause }, def.type);
  }
}

/** Tolerant, older versions upcast. */
export function dataOf({ def, reader }: Route, { msg, version }: Request): unknown {
  let data = jsonOf(def, msg);
  for (let from = Number(version ?? def.version); from < def.version; from++)
    data = def.upcast?.[from]?.(data as never) ?? data;
  const parsed = reader.safeParse(data);
  if (parsed.success) return parsed.data;
  throw busErrors.DATA_INVALID.with({ details: { errors: findingsOf(parsed.error) } }, def.type);
}

/** Strict: a service answers what it promised. */
export function replyBody(def: RpcDef, reply: unknown): Uint8Array {
  const parsed = def.reply.safeParse(reply);
  if (!parsed.success) throw busErrors.MESSAGE_INVALID.with({ cause: parsed.error }, def.type, parsed.error.message);
  const body = Buffer.from(JSON.stringify(parsed.data) ?? '');
  if (body.length > MOST_REPLY_BYTES) throw busErrors.MESSAGE_TOO_LARGE(def.type, `reply of ${body.length} bytes`);
  return body;
}
