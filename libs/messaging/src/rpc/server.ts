import { createHash } from 'node:crypto';
import type { RpcDef } from '@gts/contracts';
import {
  type Actor,
  type Clock,
  type Context,
  GUEST,
  kindOf,
  type Probe,
  type ServiceName,
  SYSTEM_TENANT,
  type TenantId,
} from '@gts/kernel';
import { runCommand, type Store } from '@gts/persistence';
import type { Msg, MsgHdrs, NatsConnection, Subscription } from 'nats';
import { busErrors } from '../errors';
import { fault } from '../fault';
import { rawHeaders } from '../nats/wire';
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
import {
  dataOf,
  permit,
  replyBody,
  type Request,
  requestOf,
  type Route,
  routeOf,
  type RpcHandler,
  Running,
} from './request';
import { digestText, errorBody, WIRE } from './wire';

export type { RpcHandler } from './request';

const MOST_RUNNING = 256;
const SWEEP_MS = 25;
const OVERLOADED_MS = 1000;
const OUTBOX_MS = 30_000;

/** Whom a token stands for. */
export type Principal = Readonly<{ tenantId: TenantId; actor: Actor; scopes: readonly string[] }>;
/** May answer at once for a token it knows. @throws an error of kind unauthenticated, or unavailable without keys */
export type VerifyToken = (token: string) => Promise<Principal> | Principal;

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

type Answer = Readonly<{ body: Uint8Array; headers: MsgHdrs }>;
type AtWork = Readonly<{ running: Running; traceparent: string | undefined }>;

const guest: Principal = { tenantId: SYSTEM_TENANT, actor: { kind: 'user', id: GUEST }, scopes: [] };
const okHeaders = rawHeaders({ [WIRE.status]: 'ok' });
const replayedHeaders = rawHeaders({ [WIRE.status]: 'ok', [WIRE.replayed]: 'true' });
const errorHeaders = rawHeaders({ [WIRE.status]: 'error' });

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
    const route = routeOf(def, handler);
    const callback = (_error: unknown, msg: Msg) => void this.#handle(route, msg);
    this.#subscriptions.push(this.#o.nc.subscribe(route.subject, { queue: this.#o.service, callback }));
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

  async #handle(route: Route, msg: Msg): Promise<void> {
    const request = requestOf(msg);
    const startMs = this.#scheduler.nowMs();
    const running = new Running(startMs + request.budgetMs);
    this.#running.add(running);
    try {
      const answer = await this.#tracer(
        route.span,
        { traceparent: request.traceparent, kind: 'server' },
        (traceparent) => this.#answer(route, request, { running, traceparent }),
      );
      msg.respond(answer.body, { headers: answer.headers });
    } catch (error) {
      this.#refuse(route.def, request, error);
    } finally {
      this.#running.delete(running);
      if (this.#running.size === 0) this.#idle?.();
      this.#observe(route.def, startMs);
    }
  }

  #observe({ type: name }: RpcDef, startMs: number): void {
    // Without anybody to tell, no time is taken.
    if (this.#metrics === noMetrics) return;
    this.#metrics.observe('rpc_server_duration_seconds', (this.#scheduler.nowMs() - startMs) / 1000, { name });
  }

  async #answer(route: Route, request: Request, at: AtWork): Promise<Answer> {
    const { def, handler } = route;
    this.#admit(def, request);
    const { token } = request;
    const found = token === undefined ? guest : this.#o.verifyToken(token);
    const principal = found instanceof Promise ? await found : found;
    const data = dataOf(route, request);
    const ctx = this.#context(principal, request, at);
    permit(def, ctx);
    if (def.kind === 'command') return this.#command(route, data, ctx);
    const reply = await handler(data as never, ctx);
    if (this.#o.probe) await this.#o.probe('rpc.afterCommit');
    return { body: replyBody(def, reply), headers: okHeaders };
  }

  #admit(def: RpcDef, { budgetMs }: Request): void {
    if (this.#draining || !(budgetMs > 0)) throw busErrors.DEADLINE_EXCEEDED(def.type);
    if (this.#running.size > MOST_RUNNING)
      throw busErrors.OVERLOADED.with({ retryAfterMs: OVERLOADED_MS }, this.#o.service);
    if (def.kind === 'command' && this.#o.outboxFull?.())
      throw busErrors.OVERLOADED.with({ retryAfterMs: OUTBOX_MS }, `${this.#o.service} outbox`);
  }

  #context(
    { tenantId, actor, scopes }: Principal,
    { correlationId, budgetMs, commandId, token }: Request,
    { running, traceparent }: AtWork,
  ): Context {
    const deadline = this.#o.clock.epochMs() + budgetMs;
    return {
      tenantId,
      actor,
      scopes,
      correlationId,
      deadline,
      commandId,
      token,
      traceparent,
      get signal() {
        return running.signal;
      },
    };
  }

  /** A command's reply is stored with its effect; the same command id gets it again. */
  async #command({ def, handler }: Route, data: unknown, ctx: Context): Promise<Answer> {
    const { store, probe } = this.#o;
    const { reply, replayed } =
      store && ctx.commandId !== undefined
        ? await this.#once(store, { def, handler, data }, ctx)
        : { reply: await handler(data as never, ctx), replayed: false };
    if (probe) await probe('rpc.afterCommit');
    return { body: replyBody(def, reply), headers: replayed ? replayedHeaders : okHeaders };
  }

  async #once(store: Store, { def, handler, data }: Pick<Route, 'def' | 'handler'> & { data: unknown }, ctx: Context) {
    const requestDigest = createHash('sha256').update(digestText(data)).digest('hex');
    const command = { name: def.type, requestDigest };
    const outcome = await runCommand({ store, ctx, command }, (inner) => handler(data as never, inner));
    if (outcome.replayed) this.#metrics.count('commands_replayed_total', { name: def.type });
    return outcome;
  }

  #refuse(def: RpcDef, { msg, correlationId }: Request, error: unknown): void {
    const kind = kindOf(error);
    const fields = { type: def.type, correlationId, ...fault(error) };
    if (kind === 'bug') this.#log.error(fields, 'request failed');
    else this.#log.info(fields, 'request refused');
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
