import type { FastifyReply, FastifyRequest } from 'fastify';
import { kindOf } from '@gts/kernel';
import type { Logger } from '@gts/observability';
import { errorPage } from '../application/docs/error-page';
import { type Problem, toProblem } from '../application/problem';
import { sendBytes } from './send';

type Exchange = Readonly<{ request: FastifyRequest; reply: FastifyReply; traceId: string; logger: Logger }>;

const isNavigation = ({ method, headers }: FastifyRequest): boolean =>
  method === 'GET' && (headers.accept ?? '').split(',').some((each) => each.trim().startsWith('text/html'));

/** Answers a failed request with its problem; people who follow a link get the same as a page. */
export async function refuse(error: unknown, { request, reply, traceId, logger }: Exchange): Promise<void> {
  const path = request.url.split('?')[0] ?? '/';
  const problem = toProblem(error, { path, traceId, locked: request.headers['if-match'] !== undefined });
  if (problem.status >= 500 && kindOf(error) === 'bug') logger.error({ err: error, traceId, path }, 'a request failed');
  else logger.debug({ code: problem.body.code, status: problem.status, traceId, path }, 'a request was refused');
  if (reply.sent || reply.raw.headersSent) return void reply.raw.destroy();
  reply.removeHeader('etag');
  reply.code(problem.status).headers({ ...problem.headers, ...headersOf(problem, request) });
  const exchange = { request, reply };
  if (isNavigation(request))
    return sendBytes(Buffer.from(errorPage(problem.body)), 'text/html; charset=utf-8', exchange);
  await sendBytes(Buffer.from(JSON.stringify(problem.body)), 'application/problem+json', exchange);
}

function headersOf({ status, body }: Problem, { raw }: FastifyRequest): Record<string, string> {
  const range = body['contentRange'];
  // What is left of the body is not read: the connection cannot go on.
  const broken = !raw.readableEnded && (status === 413 || status === 408);
  return {
    'cache-control': 'private, no-store',
    ...(typeof range === 'string' ? { 'content-range': range } : {}),
    ...(broken ? { connection: 'close' } : {}),
  };
}
