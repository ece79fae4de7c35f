import { createHash } from 'node:crypto';
import { readerOf, type RpcDef, rpcSubject } from '@gts/contracts';
import {
  type Actor,
  type Clock,
  type Context,
  GUEST,
  kindOf,
  isDomainError,
  isGuest,
  type Probe,
  type ServiceName,
  SYSTEM_TENANT,
  type TenantId,
} from '@gts/kernel';
import { runCommand, type Store } from '@gts/persistence';
import type { Msg, NatsConnection, Subscription } from 'nats';
import { busErrors } from '../errors';
import {
  type Log,
  type Metrics,
  noLog,
  noMetrics,
  noTracer,
  repeat,
  type Scheduler,
  systemScheduler,
  type Tracer,
} from '../ports';
import { headersOfMsg, rawHeaders } from '../nats/wire';
import { digestText, errorBody, findingsOf, WIRE } from './wire';

const MOST_RUNNING = 256;
const MOST_REPLY_BYTES = 256 * 1024;
const SWEEP_MS = 25;
const OVERLOADED_MS = 1000;
const OUTBOX_MS = 30_000;
const LONGEST_MS = 60_000;

/** Whom a token stands for. */
export type Principal = Readonly<{ tenantId: TenantId; actor: Actor; scopes: readonly string[] }>;
/** @throws an error of kind unauthenticated, or unavailable while keys cannot be read */
export type VerifyToken = (token: string) => Promise<Principal>;

export type RpcHandler = (data: never, ctx: Context) => Promise<unknown>;
export type RpcServerOptions = Readonly<{
  nc: NatsConnection;
  service: ServiceName;
  verifyToken: VerifyToken;
  clock: Clock;
  /** Keeps the replies of commands; absent: commands are not repeatable. */
  store?: Store;
  scheduler?: Scheduler;
  metrics?: Metrics;
  log?: Log;
  tracer?: Tracer;
  /** True while the outbox is too far behind to accept commands. */
  outboxFull?: () => boolean;
  probe?: Probe;
}>;
export interface RpcServer {
  /** Answers one definition: a queue subscription of its own, so that nobody listening is known at once. */
  serve(def: RpcDef, handler: RpcHandler): void;
  /** Takes no new requests, lets running ones end, then aborts them. */
  stop(graceMs: number): Promise<void>;
}
/** One request at work; most handlers never look at their signal, so it is made when first asked for. */
class Running {
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

type Request = Readonly<{ msg: Msg; headers: Record<string, string>; budgetMs: number; correlationId: string }>;

const guest: Principal = { tenantId: SYSTEM_TENANT, actor: { kind: 'user', id: GUEST }, scopes: [] };
const okHeaders = rawHeaders({ [WIRE.status]: 'ok' });
const replayedHeaders = rawHeaders({ [WIRE.status]: 'ok', [WIRE.replayed]: 'true' });
const errorHeaders = rawHeaders({ [WIRE.status]: 'error' });

function requestOf(msg: Msg): Request {
  const headers = headersOfMsg(msg);
  const budgetMs = Math.min(LONGEST_MS, Number(headers[WIRE.deadline] ?? 5000));
  return { msg, headers, budgetMs, correlationId: headers[WIRE.correlation] ?? '' };
}

/** Whether a caller may ask this at all; finer rules belong to the use case. */
function permit({ auth }: RpcDef, ctx: Context): void {
  if (auth === 'public') return;
  const allowed =
    auth === 'service' ? ctx.actor.kind === 'service' : auth === 'self' ? !isGuest(ctx) : ctx.scopes.includes(auth);
  if (allowed) return;
  throw isGuest(ctx) ? busErrors.TOKEN_MISSING() : busErrors.NOT_PERMITTED(auth);
}

function jsonOf(def: RpcDef, msg: Msg): unknown {
  try {
    return JSON.parse(msg.string());
  } catch (cause) {
    throw busErrors.DATA_INVALID.with({ cause }, def.type);
  }
}

/** Tolerant, older versions upcast. */
function dataOf(def: RpcDef, { msg, headers }: Request): unknown {
  let data = jsonOf(def, msg);
  for (let from = Number(headers[WIRE.version] ?? def.version); from < def.version; from++)
    data = def.upcast?.[from]?.(data as never) ?? data;
  const parsed = readerOf(def.data).safeParse(data);
  if (parsed.success) return parsed.data;
  throw busErrors.DATA_INVALID.with({ details: { errors: findingsOf(parsed.error) } }, def.type);
}

function replyBody(def: RpcDef, reply: unknown): Uint8Array {
  const parsed = def.reply.safeParse(reply);
  if (!parsed.success) throw busErrors.MESSAGE_INVALID.with({ cause: parsed.error }, def.type, parsed.error.message);
  const body = Buffer.from(JSON.stringify(parsed.data) ?? '');
  if (body.length > MOST_REPLY_BYTES) throw busErrors.MESSAGE_TOO_LARGE(def.type, `reply of ${body.length} bytes`);
  return body;
}

class Server implements RpcServer {
  readonly #o: RpcServerOptions;
  readonly #scheduler: Scheduler;
  readonly #metrics: Metrics;
  readonly #log: Log;
  readonly #tracer: Tracer;
  readonly #subscriptions: Subscription[] = [];
  readonly #running = new Set<Running>();
  readonly #stopSweep: () => void;
  #draining = false;
  #idle: (() => void) | undefined;

  constructor(options: RpcServerOptions) {
    this.#o = options;
    this.#scheduler = options.scheduler ?? systemScheduler;
    this.#metrics = options.metrics ?? noMetrics;
    this.#log = options.log ?? noLog;
    this.#tracer = options.tracer ?? noTracer;
    this.#stopSweep = repeat(
      this.#scheduler,
      () => SWEEP_MS,
      () => this.#sweep(),
    );
  }

  serve(def: RpcDef, handler: RpcHandler): void {
    const callback = (_error: unknown, msg: Msg) => void this.#handle({ def, handler }, msg);
    this.#subscriptions.push(this.#o.nc.subscribe(rpcSubject(def), { queue: this.#o.service, callback }));
  }

  async stop(graceMs: number): Promise<void> {
    await Promise.all(this.#subscriptions.map((each) => each.drain().catch(() => undefined)));
    this.#draining = true;
    if (this.#running.size > 0)
      await new Promise<void>((resolve) => {
        this.#idle = resolve;
        this.#scheduler.after(graceMs, resolve);
      });
    for (const running of this.#running) running.abort();
    this.#stopSweep();
  }

  async #handle(route: { def: RpcDef; handler: RpcHandler }, msg: Msg): Promise<void> {
    const { def } = route;
    const request = requestOf(msg);
    const startMs = this.#scheduler.nowMs();
    const running = new Running(startMs + request.budgetMs);
    this.#running.add(running);
    const options = { traceparent: request.headers[WIRE.traceparent], kind: 'server' } as const;
    try {
      const answer = await this.#tracer(`serve ${def.type}`, options, (traceparent) =>
        this.#answer(route, request, { running, traceparent }),
      );
      msg.respond(answer.body, { headers: answer.replayed ? replayedHeaders : okHeaders });
    } catch (error) {
      this.#refuse(def, request, error);
    } finally {
      this.#running.delete(running);
      if (this.#running.size === 0) this.#idle?.();
      const labels = { name: def.type };
      this.#metrics.observe('rpc_server_duration_seconds', (this.#scheduler.nowMs() - startMs) / 1000, labels);
    }
  }

  async #answer(
    { def, handler }: { def: RpcDef; handler: RpcHandler },
    request: Request,
    { running, traceparent }: { running: Running; traceparent: string | undefined },
  ): Promise<{ body: Uint8Array; replayed: boolean }> {
    this.#admit(def, request);
    const token = request.headers[WIRE.token];
    const principal = token === undefined ? guest : await this.#o.verifyToken(token);
    const data = dataOf(def, request);
    const ctx = this.#context(principal, request, { running, traceparent });
    permit(def, ctx);
    const { reply, replayed } = await this.#carryOut(def, { data, ctx, handler });
    if (this.#o.probe) await this.#o.probe('rpc.afterCommit');
    return { body: replyBody(def, reply), replayed };
  }

  #admit(def: RpcDef, { budgetMs }: Request): void {
    if (this.#draining || !(budgetMs > 0)) throw busErrors.DEADLINE_EXCEEDED(def.type);
    if (this.#running.size > MOST_RUNNING)
      throw busErrors.OVERLOADED.with({ retryAfterMs: OVERLOADED_MS }, this.#o.service);
    if (def.kind === 'command' && this.#o.outboxFull?.())
      throw busErrors.OVERLOADED.with({ retryAfterMs: OUTBOX_MS }, `${this.#o.service} outbox`);
  }

  #context(principal: Principal, request: Request, at: { running: Running; traceparent: string | undefined }): Context {
    const { headers, budgetMs, correlationId } = request;
    return {
      ...principal,
      correlationId,
      deadline: this.#o.clock.epochMs() + budgetMs,
      get signal() {
        return at.running.signal;
      },
      commandId: headers[WIRE.commandId],
      token: headers[WIRE.token],
      traceparent: at.traceparent,
    };
  }

  async #carryOut(def: RpcDef, { data, ctx, handler }: { data: unknown; ctx: Context; handler: RpcHandler }) {
    const { store } = this.#o;
    if (def.kind !== 'command' || !store || ctx.commandId === undefined)
      return { reply: await handler(data as never, ctx), replayed: false };
    const requestDigest = createHash('sha256').update(digestText(data)).digest('hex');
    const command = { name: def.type, requestDigest };
    const outcome = await runCommand({ store, ctx, command }, (inner) => handler(data as never, inner));
    if (outcome.replayed) this.#metrics.count('commands_replayed_total', { name: def.type });
    return outcome;
  }

  #refuse(def: RpcDef, { msg, correlationId }: Request, error: unknown): void {
    const kind = kindOf(error);
    const code = isDomainError(error) ? error.code : busErrors.INTERNAL.code;
    const fields = { type: def.type, kind, code, correlationId };
    if (kind === 'bug') this.#log.error({ ...fields, err: error }, 'request failed');
    else this.#log.info({ ...fields, detail: String(error) }, 'request refused');
    const body = Buffer.from(JSON.stringify(errorBody(error, correlationId)));
    msg.respond(body, { headers: errorHeaders });
  }

  #sweep(): void {
    const now = this.#scheduler.nowMs();
    this.#metrics.gauge('rpc_in_flight', this.#running.size);
    for (const running of this.#running)
      if (running.until <= now && running.abort()) this.#metrics.count('rpc_deadline_exceeded_total');
  }
}

/** The server side of request/reply for one service; knows no Nest. */
export const createRpcServer = (options: RpcServerOptions): RpcServer => new Server(options);
