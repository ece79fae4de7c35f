import type { FastifyReply, FastifyRequest } from 'fastify';
import { checkAccess, checkDeleted } from '../application/access';
import type { Caller } from '../application/caller';
import { checkCsrf } from '../application/csrf';
import { identify } from '../application/identify';
import type { Ports } from '../application/ports';
import type { Limiter } from '../application/rate-limits';
import { readRequest } from '../application/read-request';
import type { Answer, EdgeRequest, Route } from '../application/route';
import { checkAccept } from './arrival';
import { bodyBytes } from './body-bytes';
import { contextOf } from './context';
import { labelOf } from './label';
import { attempts, take, takersOf } from './limit';
import type { Recent } from './recent';
import { send } from './send';

/** `costly` remembers the commands that were counted as creations: a repeat is not another one. */
export type Edge = Readonly<{
  ports: Ports;
  limiter: Limiter;
  costly: Recent;
}>;
type Exchange = Readonly<{ request: FastifyRequest; reply: FastifyReply; traceId: string }>;
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/** One request through every check in their fixed order, then to its route. */
export async function handle(route: Route, exchange: Exchange, edge: Edge): Promise<void> {
  const { request, reply } = exchange;
  const { ports } = edge;
  checkAccept(request.headers.accept, route);
  const base = { address: request.ip, label: labelOf(request.headers['user-agent']) };
  const counter = { ...edge, reply };
  const caller = await identify(request.raw, base, { ...ports, attempts: attempts(base.address, counter) });
  const bucket = route.bucket === 'create' ? 'write' : route.bucket;
  if (bucket !== 'none') take(bucket, takersOf(bucket, caller), counter);
  checkAccess(route, caller);
  const proof = { keys: ports.keys, publicUrl: ports.settings.publicUrl };
  if (!SAFE.has(route.method) && route.csrf) checkCsrf(caller, request.headers, proof);
  const edgeRequest = await read(route, caller, { exchange, ports });
  checkDeleted(edgeRequest.query, caller);
  const act = () => route.act(edgeRequest, ports);
  const answer = route.bucket === 'create' ? await counted(act, edgeRequest, { edge, reply }) : await act();
  if (ports.wasReplayed(edgeRequest.ctx)) reply.header('idempotent-replayed', 'true');
  await send(answer, route, exchange);
}

type Counting = Readonly<{ edge: Edge; reply: FastifyReply }>;

/** Creations are rare: counted once a command, and not at all where they are refused. */
async function counted(act: () => Promise<Answer>, { ctx, caller }: EdgeRequest, counting: Counting): Promise<Answer> {
  const { edge, reply } = counting;
  if (!edge.costly.isNew(ctx.commandId ?? '')) return act();
  const takers = takersOf('create', caller);
  take('create', takers, { ...edge, reply });
  try {
    return await act();
  } catch (error) {
    edge.limiter.giveBack('create', takers);
    throw error;
  }
}

async function read(
  route: Route,
  caller: Caller,
  { exchange, ports }: { exchange: Exchange; ports: Ports },
): Promise<EdgeRequest> {
  const { request, reply, traceId } = exchange;
  const { headers, raw, url } = request;
  const params = request.params as Record<string, string>;
  const search = new URLSearchParams(url.split('?')[1] ?? '');
  const body = await bodyBytes(raw, route);
  const { idempotencyKey, ...given } = readRequest(route, { params, search, headers, body });
  const gone = new AbortController();
  reply.raw.once('close', () => reply.raw.writableFinished || gone.abort());
  const ctx = await contextOf({ route, caller, idempotencyKey, signal: gone.signal }, ports);
  return { ...given, route, caller, ctx, params, headers, url, idempotencyKey, raw, traceId };
}
