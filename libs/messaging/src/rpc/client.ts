import { type DataOf, readerOf, type ReplyOf, type RpcDef, rpcSubject } from '@gts/contracts';
import { type Clock, type Context, hasCode, kindOf } from '@gts/kernel';
import { assertNoUnit } from '@gts/persistence';
import type { Msg, NatsConnection } from 'nats';
import type { z } from 'zod';
import { noteReplayed, type RpcClient } from '../callers';
import { busErrors } from '../errors';
import { asHeaders, bodyText, headerText } from '../nats/wire';
import { type Metrics, noMetrics, noTracer, pause, type Scheduler, systemScheduler, type Tracer } from '../ports';
import { Requests } from './requests';
import { errorOf, findingsOf, requestHeaders, requestPrefix, READ } from './wire';

const DEFAULT_MS = 5000;
const NESTED_MS = 20;
const RETRY_MS = 100;

export type RpcClientOptions = Readonly<{
  nc: NatsConnection;
  inbox: string;
  clock: Clock;
  scheduler?: Scheduler;
  metrics?: Metrics;
  tracer?: Tracer;
  /** The token of calls that no user caused; calls with `ctx.token` forward that. */
  ownToken?: (ctx: Context) => Promise<string | undefined>;
}>;

/** What is the same for every call of a definition. */
type Route = Readonly<{ subject: string; prefix: string; span: string; reply: z.ZodType; name: string }>;
const routes = new WeakMap<RpcDef, Route>();
function routeOf(def: RpcDef): Route {
  const known = routes.get(def);
  if (known) return known;
  const { type: name, version } = def;
  const reply = readerOf(def.reply);
  const made = { subject: rpcSubject(def), prefix: requestPrefix(version), span: `call ${name}`, reply, name };
  routes.set(def, made);
  return made;
}

const mayRepeat = (def: RpcDef, ctx: Context): boolean => def.kind === 'query' || ctx.commandId !== undefined;
const isTransient = (error: unknown): boolean =>
  hasCode(error, busErrors.NO_RESPONDERS.code) || hasCode(error, busErrors.DISCONNECTED.code);

function encoded<D extends RpcDef>(def: D, data: DataOf<D>): Uint8Array {
  const parsed = def.data.safeParse(data);
  if (!parsed.success)
    throw busErrors.DATA_INVALID.with({ details: { errors: findingsOf(parsed.error) }, cause: parsed.error }, def.type);
  return Buffer.from(JSON.stringify(parsed.data));
}

function replyOf({ reply }: Route, msg: Msg, ctx: Context): unknown {
  const headers = headerText(msg);
  const text = bodyText(msg);
  const body: unknown = text === '' ? undefined : JSON.parse(text);
  if (READ.status(headers) === 'error') throw errorOf(body as never);
  if (READ.replayed(headers) === 'true') noteReplayed(ctx);
  const parsed = reply.safeParse(body);
  if (!parsed.success) throw busErrors.INTERNAL.with({ cause: parsed.error });
  return parsed.data;
}

type Call = Readonly<{ def: RpcDef; route: Route; body: Uint8Array; ctx: Context; token: string | undefined }>;

class Client implements RpcClient {
  readonly #o: RpcClientOptions;
  readonly #scheduler: Scheduler;
  readonly #tracer: Tracer;
  readonly #metrics: Metrics | undefined;
  readonly #requests: Requests;

  constructor(options: RpcClientOptions) {
    const { nc, inbox, scheduler = systemScheduler, tracer = noTracer, metrics = noMetrics } = options;
    this.#o = options;
    this.#scheduler = scheduler;
    this.#tracer = tracer;
    // Without anybody to tell, no time is taken.
    this.#metrics = metrics === noMetrics ? undefined : metrics;
    this.#requests = new Requests({ nc, inbox, scheduler });
  }

  async call<D extends RpcDef>(def: D, data: DataOf<D>, ctx: Context): Promise<ReplyOf<D>> {
    assertNoUnit(ctx, def.type);
    const route = routeOf(def);
    const body = encoded(def, data);
    const { ownToken } = this.#o;
    const token = ctx.token === undefined && ownToken ? await ownToken(ctx) : ctx.token;
    const call: Call = { def, route, body, ctx, token };
    const startMs = this.#metrics && this.#scheduler.nowMs();
    const options = { traceparent: ctx.traceparent, kind: 'client' } as const;
    try {
      const reply = await this.#tracer(route.span, options, (traceparent) => this.#twice(call, traceparent));
      const answer = replyOf(route, reply, ctx) as ReplyOf<D>;
      this.#observe(route, startMs, 'ok');
      return answer;
    } catch (error) {
      this.#observe(route, startMs, kindOf(error));
      throw error;
    }
  }

  close(): void {
    this.#requests.close();
  }

  #observe({ name }: Route, startMs: number | undefined, kind: string): void {
    if (startMs === undefined) return;
    this.#metrics?.observe('rpc_client_duration_seconds', (this.#scheduler.nowMs() - startMs) / 1000, { name, kind });
  }

  async #twice(call: Call, traceparent: string | undefined): Promise<Msg> {
    try {
      return await this.#once(call, traceparent);
    } catch (error) {
      if (!mayRepeat(call.def, call.ctx) || !isTransient(error)) throw error;
    }
    await pause(this.#scheduler, RETRY_MS * this.#scheduler.random());
    return this.#once(call, traceparent);
  }

  #once({ def, route, body, ctx, token }: Call, traceparent: string | undefined): Promise<Msg> {
    // What a nested call may still take: a little less than its caller has.
    const ms = Math.min(DEFAULT_MS, ctx.deadline - this.#o.clock.epochMs() - NESTED_MS);
    if (ms <= 0) return Promise.reject(busErrors.DEADLINE_EXCEEDED(def.type));
    const headers = asHeaders(requestHeaders(route.prefix, { deadlineMs: Math.floor(ms), token, traceparent, ctx }));
    const until = this.#scheduler.nowMs() + ms;
    return this.#requests.send({ name: def.type, subject: route.subject, body, headers, until });
  }
}

/** The client of one connection. `close` rejects what waits. */
export function createRpcClient(options: RpcClientOptions): RpcClient & { close(): void } {
  const client = new Client(options);
  return { call: (def, data, ctx) => client.call(def, data, ctx), close: () => client.close() };
}
