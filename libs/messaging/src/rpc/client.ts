import { type DataOf, readerOf, type ReplyOf, type RpcDef, rpcSubject } from '@gts/contracts';
import { type Clock, type Context, type DomainError, hasCode } from '@gts/kernel';
import { assertNoUnit } from '@gts/persistence';
import { Events, type Msg, type NatsConnection, type Subscription } from 'nats';
import { busErrors } from '../errors';
import {
  type Metrics,
  noMetrics,
  noTracer,
  pause,
  repeat,
  type Scheduler,
  systemScheduler,
  type Tracer,
} from '../ports';
import { noteReplayed, type RpcClient } from '../callers';
import { lastToken, rawHeaders, saysError, statusOf } from '../nats/wire';
import { contextHeaders, errorOf, findingsOf, WIRE } from './wire';

const SWEEP_MS = 25;
const DEFAULT_MS = 5000;
const NESTED_MS = 20;
const MOST_IN_FLIGHT = 1024;
const RETRY_MS = 100;

type Waiting = Readonly<{
  resolve: (msg: Msg) => void;
  reject: (error: DomainError) => void;
  until: number;
  name: string;
}>;
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

/** Requests over one subscription and one sweep: no timer and no subscription a call. */
class Requests {
  readonly #nc: NatsConnection;
  readonly #inbox: string;
  readonly #scheduler: Scheduler;
  readonly #waiting = new Map<string, Waiting>();
  readonly #stop: () => void;
  #subscription: Subscription | undefined;
  #generation = 0;
  #next = 0;
  #connected = true;

  constructor({ nc, inbox, scheduler = systemScheduler }: RpcClientOptions) {
    this.#nc = nc;
    this.#inbox = inbox;
    this.#scheduler = scheduler;
    this.#listen();
    this.#stop = repeat(
      scheduler,
      () => SWEEP_MS,
      () => this.#sweep(),
    );
    void this.#watch();
  }

  send(
    name: string,
    request: { subject: string; body: Uint8Array; headers: Record<string, string>; ms: number },
  ): Promise<Msg> {
    if (!this.#connected || this.#nc.isClosed()) return Promise.reject(busErrors.DISCONNECTED());
    if (this.#waiting.size >= MOST_IN_FLIGHT) return Promise.reject(busErrors.OVERLOADED(name));
    return new Promise((resolve, reject) => {
      const token = (this.#next++).toString(36);
      this.#waiting.set(token, { resolve, reject, until: this.#scheduler.nowMs() + request.ms, name });
      const reply = `${this.#prefix()}${token}`;
      this.#nc.publish(request.subject, request.body, { reply, headers: rawHeaders(request.headers) });
    });
  }

  close(): void {
    this.#stop();
    this.#subscription?.unsubscribe();
    this.#rejectAll();
  }

  #prefix(): string {
    return `${this.#inbox}.r${this.#generation}.`;
  }

  #listen(): void {
    const callback = (_error: unknown, msg: Msg) => this.#answered(msg);
    this.#subscription = this.#nc.subscribe(`${this.#prefix()}*`, { callback });
  }

  #answered(msg: Msg): void {
    const token = lastToken(msg.subject);
    const entry = this.#waiting.get(token);
    if (!entry) return;
    this.#waiting.delete(token);
    if (msg.data.length === 0 && statusOf(msg) === 503) entry.reject(busErrors.NO_RESPONDERS(entry.name));
    else entry.resolve(msg);
  }

  #sweep(): void {
    const now = this.#scheduler.nowMs();
    for (const [token, { until, reject, name }] of this.#waiting)
      if (until <= now) {
        this.#waiting.delete(token);
        reject(busErrors.TIMEOUT(name));
      }
  }

  #rejectAll(): void {
    for (const { reject } of this.#waiting.values()) reject(busErrors.DISCONNECTED());
    this.#waiting.clear();
  }

  async #watch(): Promise<void> {
    for await (const { type } of this.#nc.status()) {
      if (type === Events.Disconnect) {
        this.#connected = false;
        this.#rejectAll();
      } else if (type === Events.Reconnect) {
        this.#subscription?.unsubscribe();
        this.#generation++;
        this.#listen();
        this.#connected = true;
      }
    }
  }
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

function replyOf(def: RpcDef, msg: Msg): unknown {
  const body: unknown = msg.data.length === 0 ? undefined : JSON.parse(msg.string());
  if (saysError(msg)) throw errorOf(body as never);
  const parsed = readerOf(def.reply).safeParse(body);
  if (!parsed.success) throw busErrors.INTERNAL.with({ cause: parsed.error });
  return parsed.data;
}

/** What a nested call may still take: a little less than its caller has. */
const budgetOf = (ctx: Context, clock: Clock): number =>
  Math.min(DEFAULT_MS, ctx.deadline - clock.epochMs() - NESTED_MS);

/** The client of one connection. `close` rejects what waits. */
export function createRpcClient(options: RpcClientOptions): RpcClient & { close(): void } {
  const { clock, scheduler = systemScheduler, metrics = noMetrics, tracer = noTracer, ownToken } = options;
  const requests = new Requests(options);
  const once = (def: RpcDef, body: Uint8Array, ctx: Context): Promise<Msg> => {
    const ms = budgetOf(ctx, clock);
    if (ms <= 0) return Promise.reject(busErrors.DEADLINE_EXCEEDED(def.type));
    const headers = {
      [WIRE.deadline]: String(Math.floor(ms)),
      [WIRE.version]: String(def.version),
      ...contextHeaders(ctx),
    };
    return requests.send(def.type, { subject: rpcSubject(def), body, headers, ms });
  };
  const again = async (def: RpcDef, body: Uint8Array, ctx: Context): Promise<Msg> => {
    await pause(scheduler, RETRY_MS * scheduler.random());
    return once(def, body, ctx);
  };
  const twice = (def: RpcDef, body: Uint8Array, ctx: Context): Promise<Msg> =>
    once(def, body, ctx).catch((error: Error) => {
      if (!mayRepeat(def, ctx) || !isTransient(error)) throw error;
      return again(def, body, ctx);
    });
  const signed = async (ctx: Context): Promise<Context> => ({ ...ctx, token: await ownToken?.(ctx) });
  return {
    call: async (def, data, ctx) => {
      assertNoUnit(ctx, def.type);
      const body = encoded(def, data);
      const startMs = scheduler.nowMs();
      const options = { traceparent: ctx.traceparent, kind: 'client' } as const;
      const caller = ctx.token === undefined && ownToken ? await signed(ctx) : ctx;
      const reply = await tracer(`call ${def.type}`, options, (traceparent) =>
        twice(def, body, { ...caller, traceparent }),
      );
      metrics.observe('rpc_client_duration_seconds', (scheduler.nowMs() - startMs) / 1000, { name: def.type });
      if (reply.headers?.get(WIRE.replayed) === 'true') noteReplayed(ctx);
      return replyOf(def, reply) as ReplyOf<typeof def>;
    },
    close: () => requests.close(),
  };
}
