import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify';
import { currentTraceId, inSpan } from '@gts/observability';
import { http } from '../application/errors';
import { addressOf, type Method, type Route } from '../application/route';
import { checkArrival } from './arrival';
import { type Edge, handle } from './handle';
import { preflight } from './preflight';
import { refuse } from './refuse';
import { securityHeaders } from './security-headers';

const METHODS: HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const NO_TRACE = /^0*$/;

type ByMethod = ReadonlyMap<Method, Route>;
/** `open`: an address of the fallback exists only where the fallback finds something. */
type Found = Readonly<{ address: string; byMethod: ByMethod; open?: boolean }>;

/** Serves the route table; `fallback` takes every other address (the web application's files). */
export const serve =
  (routes: readonly Route[], fallback: Route, edge: Edge) =>
  (fastify: FastifyInstance, _options: unknown, done: () => void): void => {
    // Bodies are read by us, strictly and only where a route takes one.
    fastify.removeAllContentTypeParsers();
    fastify.addContentTypeParser('*', (_request, _payload, parsed) => parsed(null));
    fastify.setErrorHandler((error: unknown, request, reply) =>
      answerFailed(readable(error), { request, reply, edge }),
    );
    for (const found of grouped(routes)) mount(fastify, found, edge);
    mount(fastify, { address: '/*', byMethod: new Map([['GET', fallback]]), open: true }, edge);
    done();
  };

function grouped(routes: readonly Route[]): readonly Found[] {
  const addresses = new Map<string, Map<Method, Route>>();
  for (const each of routes) {
    const address = addressOf(each).replaceAll(/\{(\w+)\}/g, ':$1');
    const byMethod = addresses.get(address) ?? new Map<Method, Route>();
    if (byMethod.has(each.method)) throw new Error(`two rows serve ${each.method} ${address}`);
    addresses.set(address, byMethod.set(each.method, each));
  }
  return [...addresses].map(([address, byMethod]) => ({ address, byMethod }));
}

function mount(fastify: FastifyInstance, { address, byMethod, open = false }: Found, edge: Edge): void {
  fastify.route({
    method: METHODS,
    url: address,
    exposeHeadRoute: false,
    handler: (request, reply) => {
      const route =
        byMethod.get(request.method as Method) ?? (request.method === 'HEAD' ? byMethod.get('GET') : undefined);
      return answer(route, { request, reply, edge, ...(open ? {} : { allowed: allowedFor(byMethod) }) });
    },
  });
}

const allowedFor = (byMethod: ByMethod): string =>
  [...byMethod.keys(), ...(byMethod.has('GET') ? ['HEAD'] : [])].toSorted().join(', ');

type Attempt = Readonly<{ request: FastifyRequest; reply: FastifyReply; edge: Edge; allowed?: string }>;

const answer = (route: Route | undefined, attempt: Attempt): Promise<FastifyReply> =>
  traced(route, attempt, (traceId) => attend(route, { ...attempt, traceId }));

/** Answers what failed before any route was reached. */
export const answerFailed = (error: unknown, attempt: Attempt): Promise<FastifyReply> =>
  traced(undefined, attempt, () => Promise.reject(error as Error));

/** Answers what Nest itself could not route. */
export const answerUnrouted = (request: FastifyRequest, reply: FastifyReply, edge: Edge): Promise<FastifyReply> =>
  answerFailed(http.NOT_FOUND(), { request, reply, edge });

/** Gives an answer its span, its trace id and the headers that every answer has. */
async function traced(
  route: Route | undefined,
  { request, reply, edge }: Attempt,
  work: (traceId: string) => Promise<void>,
): Promise<FastifyReply> {
  const { traceparent } = request.headers;
  const parent = typeof traceparent === 'string' ? { traceparent } : {};
  const name = `${request.method} ${route ? addressOf(route) : 'unknown'}`;
  await inSpan(name, { kind: 'server', ...parent }, async () => {
    const traceId = knownTraceId() ?? newTraceId();
    reply.headers(securityHeaders(edge.ports.settings.publicUrl));
    reply.headers({ 'trace-id': traceId, 'cache-control': 'private, no-store' });
    try {
      await work(traceId);
    } catch (error) {
      await refuse(error, { request, reply, traceId, logger: edge.ports.logger });
    }
  });
  return reply;
}

async function attend(route: Route | undefined, attempt: Attempt & { traceId: string }): Promise<void> {
  const { request, reply, edge, allowed } = attempt;
  checkArrival(request.raw, route);
  if (preflight(request, reply, { settings: edge.ports.settings, allowed: allowed ?? 'GET, HEAD' }))
    return void (await reply.send());
  if (route) return handle(route, attempt, edge);
  if (allowed === undefined) throw http.NOT_FOUND();
  reply.header('allow', allowed);
  throw http.METHOD_NOT_ALLOWED(`this route takes ${allowed}`);
}

const knownTraceId = (): string | undefined => {
  const id = currentTraceId();
  return id === undefined || NO_TRACE.test(id) ? undefined : id;
};
export const newTraceId = (): string => randomBytes(16).toString('hex');

/** What Fastify refuses before a handler runs. */
function readable(error: unknown): unknown {
  const { code, statusCode } = error as { code?: string; statusCode?: number };
  if (!code?.startsWith('FST_')) return error;
  if (statusCode === 415) return http.UNSUPPORTED_MEDIA_TYPE('the Content-Type is not one');
  if (statusCode === 413) return http.PAYLOAD_TOO_LARGE('the body is too long');
  return statusCode === 400 ? http.BAD_REQUEST('the address is not readable') : error;
}
