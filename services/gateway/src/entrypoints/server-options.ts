import type { ServerOptions } from 'node:http';
import type { FastifyServerOptions } from 'fastify';
import { http } from '../application/errors';
import { clientErrorHandler } from './client-error';
import { answerFailed, newTraceId } from './edge';
import type { Edge } from './handle';

/** How long a connection without a request stays open; answers tell clients so. */
export const KEEP_ALIVE_MS = 65_000;

/** Limits of the HTTP server itself (api.md §5, rows 1 to 4); what the parser refuses is answered by hand. */
export const serverOptions = (edge: Edge): FastifyServerOptions & { http: ServerOptions } => ({
  trustProxy: edge.ports.settings.trustedProxies.length > 0 ? [...edge.ports.settings.trustedProxies] : false,
  exposeHeadRoutes: false,
  // Bodies have a guard of their own: a large upload may take its time as long as it moves.
  requestTimeout: 0,
  keepAliveTimeout: KEEP_ALIVE_MS,
  forceCloseConnections: 'idle',
  return503OnClosing: false,
  routerOptions: {
    maxParamLength: 512,
    caseSensitive: true,
    ignoreTrailingSlash: false,
    ignoreDuplicateSlashes: false,
  },
  http: { headersTimeout: 10_000, connectionsCheckingInterval: 1000, maxHeaderSize: 40 * 1024 },
  // Fastify's own type describes `rawPacket` as JSON shows it; it is a Buffer.
  clientErrorHandler: clientErrorHandler(newTraceId) as unknown as NonNullable<
    FastifyServerOptions['clientErrorHandler']
  >,
  frameworkErrors: (_error, request, reply) =>
    void answerFailed(http.BAD_REQUEST('the address is not readable'), { request, reply, edge }),
});
