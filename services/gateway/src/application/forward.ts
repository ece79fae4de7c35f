import { type DataOf, paging, type QueryDef, type ReplyOf, type RequestDef } from '@gts/contracts';
import { durationMs, hasCode } from '@gts/kernel';
import { z } from 'zod';
import { openCursor, sealCursor } from './cursors';
import type { Ports } from './ports';
import { type Act, addressOf, type Answer, type EdgeRequest, type Method, type Route, route, type Who } from './route';

type Rpc = QueryDef | RequestDef;
type Shape = Readonly<Record<string, z.ZodType>>;
/** Fields that the edge fills in itself, never a client. */
const OWN = new Set(['expectedVersion', 'minEventSeq']);
const LAG_MS = durationMs('2s');

type Spec<D extends Rpc> = Readonly<{
  method: Method;
  path: string;
  who: Who;
  def: D;
  /** Chooses among definitions of one shape, by the path. */
  pick?: (request: EdgeRequest) => D;
  /** Name in the path → field of the definition. */
  params?: Readonly<Record<string, string>>;
  /** Fields that the edge fills in. */
  fixed?: (request: EdgeRequest, ports: Ports) => Partial<DataOf<D>>;
  fixedNames?: readonly string[];
  /** For lists with minVersion: the query of one item and its field. */
  lag?: Readonly<{ def: QueryDef; field: string }>;
  /** Headers or status that the reply decides. */
  answer?: (reply: ReplyOf<D>, request: EdgeRequest, ports: Ports) => Answer;
}> &
  Partial<Omit<Route, 'params' | 'query' | 'method' | 'path' | 'who'>>;

/** A row that translates one request into one call of another context. */
export function forward<D extends Rpc>(spec: Spec<D>): Route {
  const { def, pick, params = {}, fixed, fixedNames = [], lag, answer, ...rest } = spec;
  const shape = (def.data as unknown as z.ZodObject).shape as Shape;
  const taken = new Set([...Object.values(params), ...fixedNames]);
  const free = Object.fromEntries(Object.entries(shape).filter(([name]) => !taken.has(name) && !OWN.has(name)));
  const inQuery = spec.method === 'GET';
  const lockable = 'expectedVersion' in shape;
  return route({
    operationId: def.name,
    summary: def.summary,
    tag: def.context,
    idempotent: spec.method === 'POST',
    lock: lockable,
    params: Object.fromEntries(Object.entries(params).map(([name, field]) => [name, shape[field] ?? z.string()])),
    ...(inQuery ? { query: queryOf(free, shape, lag !== undefined) } : {}),
    ...(!inQuery && Object.keys(free).length > 0 ? { body: z.strictObject(free) } : {}),
    reply: spec.status === 204 ? undefined : def.reply,
    etag: 'version' in replyShape(def.reply),
    act: forwarder(pick ?? (() => def), {
      params,
      names: new Set(Object.keys(shape)),
      fixed,
      lag,
      answer,
      seq: 'minEventSeq' in shape,
    }),
    example: exampleOf(def, { params, free: Object.keys(free), inQuery }),
    ...rest,
  });
}

const replyShape = (reply: z.ZodType): Shape => (reply instanceof z.ZodObject ? (reply.shape as Shape) : {});

function queryOf(free: Shape, shape: Shape, list: boolean): z.ZodObject {
  const sequence = z.string().regex(/^\d{1,15}$/, { error: 'invalid-type' });
  const pair = z.string().regex(/^[0-9a-f-]{36}:\d{1,15}$/, { error: 'invalid-type' });
  const minVersion =
    'minEventSeq' in shape ? { minVersion: sequence.optional() } : list ? { minVersion: pair.optional() } : {};
  const cursor = 'cursor' in free ? { cursor: z.string().max(4096).optional(), limit: paging.limit } : {};
  return z.strictObject({ ...free, ...cursor, ...minVersion });
}

type Plan<D extends Rpc> = Readonly<{
  /** Fields that the definition knows; the edge may ask for more, as a reason. */
  names: ReadonlySet<string>;
  params: Readonly<Record<string, string>>;
  fixed: Spec<D>['fixed'] | undefined;
  lag: Spec<D>['lag'] | undefined;
  answer: Spec<D>['answer'] | undefined;
  seq: boolean;
}>;

function forwarder<D extends Rpc>(pick: (request: EdgeRequest) => D, plan: Plan<D>): Act {
  return async (request, ports) => {
    const def = pick(request);
    const body = Object.fromEntries(Object.entries(request.body).filter(([name]) => plan.names.has(name)));
    const { minVersion, cursor, ...query } = request.query;
    const fromPath = Object.fromEntries(
      Object.entries(plan.params).map(([name, field]) => [field, request.params[name]]),
    );
    const use = {
      route: def.name,
      filters: { ...fromPath, ...query },
      tenantId: request.ctx.tenantId,
      actorId: request.ctx.actor.id,
    };
    const sealing = { keys: ports.keys, nowMs: ports.clock.epochMs() };
    const data = {
      ...query,
      ...body,
      ...fromPath,
      ...(typeof cursor === 'string' ? { cursor: openCursor(cursor, use, sealing) } : {}),
      ...(request.expectedVersion === undefined ? {} : { expectedVersion: request.expectedVersion }),
      ...(plan.seq && typeof minVersion === 'string' ? { minEventSeq: Number(minVersion) } : {}),
      ...plan.fixed?.(request, ports),
    };
    if (plan.lag && typeof minVersion === 'string') await caughtUp(plan.lag, minVersion, { request, ports });
    const reply = await patient(() => ports.rpc.call(def, data as DataOf<D>, request.ctx), ports);
    const shown = withSealedNext(reply, (next) => sealCursor(next, use, sealing));
    if (plan.answer) return plan.answer(shown as ReplyOf<D>, request, ports);
    if (request.route.status === 204) return {};
    return { json: shown, headers: nextLink(shown, request) };
  };
}

/** Repeats a read for up to 2 s while the read model is behind what the client has seen. */
async function patient<T>(ask: () => Promise<T>, { clock }: Ports): Promise<T> {
  const until = clock.epochMs() + LAG_MS;
  for (;;)
    try {
      return await ask();
    } catch (error) {
      if (!hasCode(error, 'STORE.PROJECTION_LAG') || clock.epochMs() >= until) throw error;
      await new Promise((resume) => setTimeout(resume, 50));
    }
}

type Call = Readonly<{ request: EdgeRequest; ports: Ports }>;

async function caughtUp(
  lag: NonNullable<Spec<Rpc>['lag']>,
  minVersion: string,
  { request, ports }: Call,
): Promise<void> {
  const [id = '', seq = ''] = minVersion.split(':');
  const data = { [lag.field]: id, minEventSeq: Number(seq) } as DataOf<QueryDef>;
  try {
    await patient(() => ports.rpc.call(lag.def, data, request.ctx), ports);
  } catch (error) {
    // Deleted meanwhile: the list shows that as well as it can.
    if (!hasCode(error, 'STORE.NOT_FOUND')) throw error;
  }
}

function withSealedNext(reply: unknown, seal: (next: string) => string): unknown {
  if (typeof reply !== 'object' || reply === null || !('next' in reply) || typeof reply.next !== 'string') return reply;
  return { ...reply, next: seal(reply.next) };
}

function nextLink(reply: unknown, request: EdgeRequest): Record<string, string> {
  const next = (reply as { next?: unknown }).next;
  if (typeof next !== 'string') return {};
  const url = new URL(request.url, 'http://x');
  url.searchParams.set('cursor', next);
  return { link: `<${url.pathname}${url.search}>; rel="next"` };
}

type ExampleParts = Readonly<{ params: Readonly<Record<string, string>>; free: readonly string[]; inQuery: boolean }>;

function exampleOf(def: Rpc, { params, free, inQuery }: ExampleParts): Route['example'] {
  const given = def.example as Readonly<Record<string, unknown>>;
  const known = free.filter((name) => given[name] !== undefined).map((name) => [name, given[name]] as const);
  return {
    params: Object.fromEntries(Object.entries(params).map(([name, field]) => [name, String(given[field])])),
    ...(inQuery
      ? { query: Object.fromEntries(known.map(([name, value]) => [name, String(value)])) }
      : { body: Object.fromEntries(known) }),
  };
}

/** The address of the resource that a request made or started. */
export const locationOf = (path: string, id: string): Record<string, string> => ({
  location: addressOf({ path: path.replace('{id}', id) }),
});
