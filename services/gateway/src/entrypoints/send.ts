import type { FastifyReply, FastifyRequest } from 'fastify';
import { matches } from '../application/media/serve-artefact';
import type { Answer, Route } from '../application/route';
import { compress } from './compress';

type Exchange = Readonly<{ request: FastifyRequest; reply: FastifyReply }>;

/** Sends what a route answered. */
export async function send(answer: Answer, route: Route, exchange: Exchange): Promise<void> {
  const { request, reply } = exchange;
  if (answer.takeOver) return takeOver(answer.takeOver, exchange);
  for (const cookie of answer.cookies ?? []) reply.header('set-cookie', cookie);
  reply.code(answer.status ?? route.status).headers(headersOf(answer, route));
  if (isUnchanged(request, reply)) return void (await reply.code(304).send());
  if (answer.json !== undefined)
    return sendBytes(Buffer.from(JSON.stringify(answer.json)), 'application/json; charset=utf-8', exchange);
  await sendContent(answer.content, exchange);
}

function headersOf({ json, headers }: Answer, route: Route): Record<string, string> {
  const etag = route.etag ? etagOf(json) : undefined;
  return {
    ...(route.cache ? { 'cache-control': route.cache } : {}),
    ...(route.open ? { 'access-control-allow-origin': '*' } : {}),
    ...(etag ? { etag } : {}),
    ...headers,
  };
}

async function sendContent(content: Answer['content'], exchange: Exchange): Promise<void> {
  const { request, reply } = exchange;
  if (!content) return void (await reply.send());
  const { type, bytes, length } = content;
  if (Buffer.isBuffer(bytes)) return sendBytes(bytes, type, exchange);
  reply.type(type);
  if (length !== undefined) reply.header('content-length', length);
  if (request.method !== 'HEAD') return void (await reply.send(bytes));
  bytes.destroy();
  await reply.send();
}

const etagOf = (json: unknown): string | undefined => {
  const version = (json as { version?: unknown } | undefined)?.version;
  return typeof version === 'number' ? `"${version}"` : undefined;
};

function isUnchanged({ method, headers }: FastifyRequest, reply: FastifyReply): boolean {
  const etag = reply.getHeader('etag');
  const reading = method === 'GET' || method === 'HEAD';
  return reading && reply.statusCode === 200 && typeof etag === 'string' && matches(headers['if-none-match'], etag);
}

/** A body that is all there: compressed where that pays, and left out for HEAD. */
export async function sendBytes(bytes: Buffer, type: string, { request, reply }: Exchange): Promise<void> {
  const encoded = await compress(bytes, request.headers['accept-encoding']);
  const origin = reply.getHeader('vary') === 'Origin' ? 'Origin, ' : '';
  reply.type(type).header('vary', `${origin}Accept-Encoding`).header('content-length', encoded.bytes.length);
  if (encoded.encoding) reply.header('content-encoding', encoded.encoding);
  await (request.method === 'HEAD' ? reply.send() : reply.send(encoded.bytes));
}

function takeOver(run: NonNullable<Answer['takeOver']>, { reply }: Exchange): void {
  reply.hijack();
  for (const [name, value] of Object.entries(reply.getHeaders()))
    if (value !== undefined) reply.raw.setHeader(name, value);
  run(reply.raw);
}
