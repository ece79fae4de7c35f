import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Settings } from '../application/ports';

/**
 * CORS: none by default; the allow-list gets credentials. True where the request was a preflight that is answered.
 */
export function preflight(
  { method, headers }: FastifyRequest,
  reply: FastifyReply,
  { settings, allowed }: { settings: Settings; allowed: string },
): boolean {
  const { origin } = headers;
  if (origin === undefined || !settings.corsOrigins.includes(origin)) return false;
  reply.headers({ 'access-control-allow-origin': origin, 'access-control-allow-credentials': 'true', vary: 'Origin' });
  reply.header('access-control-expose-headers', 'ETag, Location, Link, Trace-Id, Retry-After, Idempotent-Replayed');
  if (method !== 'OPTIONS' || headers['access-control-request-method'] === undefined) return false;
  reply.code(204).headers({
    'access-control-allow-methods': allowed,
    'access-control-allow-headers':
      'Authorization, Content-Type, If-Match, If-None-Match, Idempotency-Key, X-CSRF-Token',
    'access-control-max-age': '600',
  });
  return true;
}
