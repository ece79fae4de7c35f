import type { FastifyReply, FastifyRequest } from 'fastify';
import { isDomainError, kindOf } from '@gts/kernel';
import type { Logger } from '@gts/observability';
import { errorPage } from '../application/docs/error-page';
import { toProblem } from '../application/problem';
import { sendBytes } from './send';

type Exchange = Readonly<{ request: FastifyRequest; reply: FastifyReply; traceId: string; logger: Logger }>;

const isNavigation = ({ method, headers }: FastifyRequest): boolean =>
  method === 'GET' && (headers.accept ?? '').split(',').some((each) => each.trim().startsWith('text/html'));

/** Answers a failed request with its problem; people who follow a link get the same as a page. */
export async function refuse(error: unknown, { request, reply, traceId, logger }: Exchange): Promise<void> {
  const path = request.url.split('?')[0] ?? '/';
  const problem = toProblem(error, { path, traceId, locked: request.headers['if-match'] !== undefined });
  if (kindOf(error) === 'bug') logger.error({ err: error, traceId, path }, 'a request failed');
  else logger.debug({ code: problem.body.code, status: problem.status, traceId, path }, 'a request was refused');
  if (reply.sent || reply.raw.headersSent) return void reply.raw.destroy();
  reply.code(problem.status).headers(problem.headers).header('cache-control', 'private, no-store');
  reply.removeHeader('etag');
  if (isDomainError(error) && problem.body['contentRange'])
    reply.header('content-range', String(problem.body['contentRange']));
  // What is left of the body is not read: the connection cannot go on.
  if (!request.raw.readableEnded && (problem.status === 413 || problem.status === 408))
    reply.header('connection', 'close');
  const exchange = { request, reply };
  if (isNavigation(request))
    return sendBytes(Buffer.from(errorPage(problem.body)), 'text/html; charset=utf-8', exchange);
  await sendBytes(Buffer.from(JSON.stringify(problem.body)), 'application/problem+json', exchange);
}
