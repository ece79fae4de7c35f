import type { z } from 'zod';
import { perMinute } from '../rate-limits';
import { addressOf, type HeaderNote, type Route } from '../route';
import { problemExample, problemSchema } from './problem-schema';
import { refusalsOf } from './refusals';
import { sampleOf } from './samples';
import { schemaOf, sharedSchemas } from './schemas';

type Json = Readonly<Record<string, unknown>>;

type Place = Readonly<{ in: 'path' | 'query' | 'header'; required?: boolean; example?: unknown }>;
const parameter = (name: string, { example, ...place }: Place, schema: unknown): Json => ({
  name,
  required: false,
  ...place,
  schema,
  ...(example === undefined ? {} : { example }),
});
const header = (name: string, { required = false, pattern, example }: HeaderNote): Json =>
  parameter(name, { in: 'header', required, example }, { type: 'string', ...(pattern && { pattern }) });

const isUnsafe = ({ method }: Route): boolean => !['GET', 'HEAD', 'OPTIONS'].includes(method);
const cacheable = ({ etag, method, produces }: Route): boolean =>
  method === 'GET' && (etag || produces.startsWith('audio/'));

/** Headers by the flags of a route. */
function headersOf(route: Route): Json[] {
  const key = { required: true, pattern: '^[A-Za-z0-9_-]{8,64}$', example: '5b0f9c1e-6f5e-4a0e-9d1c-2f8a7c1b3d4e' };
  return [
    ...(route.idempotent ? [header('Idempotency-Key', key)] : []),
    ...(route.lock ? [header('If-Match', { required: true, example: '"3"' })] : []),
    ...(cacheable(route) ? [header('If-None-Match', { example: '"3"' })] : []),
    ...(isUnsafe(route) && route.csrf ? [header('X-CSRF-Token', { example: 'q7Xn2wS0' })] : []),
    ...Object.entries(route.headers).map(([name, note]) => header(name, note)),
  ];
}

/** As it stands in the document: a number is a number there. */
function typed(schema: z.ZodType, text: string | undefined): unknown {
  if (text === undefined || schema.safeParse(text).success) return text;
  return [Number(text), text === 'true'].find((each) => schema.safeParse(each).success) ?? text;
}

function parametersOf(route: Route): Json[] {
  const path = Object.entries(route.params).map(([name, schema]) =>
    parameter(name, { in: 'path', required: true, example: route.example.params?.[name] }, schemaOf(schema, 'input')),
  );
  const shape = (route.query?.shape ?? {}) as Readonly<Record<string, z.ZodType>>;
  const query = Object.entries(shape).map(([name, schema]) => {
    const required = !schema.safeParse(undefined).success;
    const example = typed(schema, route.example.query?.[name]);
    return parameter(name, { in: 'query', required, example }, schemaOf(schema, 'input'));
  });
  return [...path, ...query, ...headersOf(route)];
}

function requestBody(route: Route): Json {
  if (route.takes === 'stream') return { requestBody: { required: true, content: { [streamOf(route)]: {} } } };
  if (!route.body) return {};
  const required = !route.body.safeParse({}).success;
  const content = { schema: schemaOf(route.body, 'input'), example: route.example.body ?? {} };
  return { requestBody: { required, content: { 'application/json': content } } };
}
const streamOf = ({ method }: Route): string =>
  method === 'PATCH' ? 'application/offset+octet-stream' : 'application/octet-stream';

const text = { schema: { type: 'string' } };
const isEmpty = ({ status, reply, produces, method }: Route): boolean =>
  status === 204 || method === 'HEAD' || (!reply && produces === 'application/json');

function contentOf(route: Route): Json {
  const { reply, produces, example } = route;
  if (produces.startsWith('audio/')) return { [produces]: {} };
  if (!reply) return { [produces]: { ...text, example: produces === 'text/event-stream' ? 'retry: 2000\n\n' : '…' } };
  const schema = schemaOf(reply, 'output');
  const said = { ...example.params, ...(example.body as object | undefined) };
  return { [produces]: { schema, example: example.reply ?? sampleOf(schema, { shared: sharedSchemas(), said }) } };
}

const resultHeaders = (route: Route): Json => ({
  'Trace-Id': text,
  ...(route.bucket === 'none' ? {} : { 'RateLimit-Limit': text, 'RateLimit-Remaining': text, 'RateLimit-Reset': text }),
  ...(route.etag ? { ETag: text } : {}),
  ...(route.idempotent ? { 'Idempotent-Replayed': text } : {}),
  ...(route.query && 'cursor' in route.query.shape ? { Link: text } : {}),
  ...(route.status === 201 || (route.status === 202 && route.tag !== 'operations') ? { Location: text } : {}),
});

function successes(route: Route): Json {
  const found = {
    description: 'Done.',
    headers: resultHeaders(route),
    ...(isEmpty(route) ? {} : { content: contentOf(route) }),
  };
  const unchanged = cacheable(route) ? { 304: { description: 'What If-None-Match names is current.' } } : {};
  return { ...Object.fromEntries([route.status, ...route.also].map((status) => [status, found])), ...unchanged };
}

const problem = (status: number, codes: readonly string[]): Json => ({
  description: codes.map((code) => `\`${code}\``).join(', '),
  headers: { 'Trace-Id': text, ...(status === 429 || status === 503 ? { 'Retry-After': text } : {}) },
  content: {
    'application/problem+json': {
      schema: { $ref: '#/components/schemas/Problem' },
      example: problemExample(codes[0] ?? '', status),
    },
  },
});

/** Routes that refuse the same way refer to one response. */
function responsesBook() {
  const kept = new Map<string, readonly [name: string, response: Json]>();
  return {
    refer(status: number, codes: readonly string[]): Json {
      const key = `${status} ${codes.join()}`;
      const alike = [...kept.keys()].filter((each) => each.startsWith(`${status} `)).length;
      const [name] =
        kept.get(key) ?? kept.set(key, [`Refused${status}_${alike + 1}`, problem(status, codes)]).get(key) ?? [];
      return { $ref: `#/components/responses/${name ?? ''}` };
    },
    all: (): Json => Object.fromEntries([...kept.values()].toSorted(([a], [b]) => (a < b ? -1 : 1))),
  };
}
type Book = ReturnType<typeof responsesBook>;

function operation(route: Route, book: Book): Json {
  const refusals = [...refusalsOf(route)];
  return {
    operationId: route.operationId,
    tags: [route.tag],
    summary: route.summary,
    security: route.who === 'G' ? [{}, { bearer: [] }, { session: [] }] : [{ bearer: [] }, { session: [] }],
    parameters: parametersOf(route),
    ...requestBody(route),
    responses: {
      ...successes(route),
      ...Object.fromEntries(refusals.map(([status, codes]) => [status, book.refer(status, codes)])),
    },
    'x-roles': route.who,
    'x-scope': route.scope,
    'x-rate-bucket': route.bucket,
    'x-problem-codes': Object.fromEntries(refusals),
  };
}

/** OpenAPI 3.1 of the route table. */
export function openApi(routes: readonly Route[]): Json {
  const ids = routes.map((route) => route.operationId);
  const twice = ids.find((id, i) => ids.indexOf(id) !== i);
  if (twice !== undefined) throw new Error(`two rows are called ${twice}`);
  const paths: Record<string, Record<string, unknown>> = {};
  const book = responsesBook();
  for (const each of routes) (paths[addressOf(each)] ??= {})[each.method.toLowerCase()] = operation(each, book);
  return {
    openapi: '3.1.0',
    info: { title: 'Guitar Tone Shootout', version: '1', license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    servers: [{ url: '/' }],
    tags: [...new Set(routes.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      responses: book.all(),
      schemas: { ...sharedSchemas(), ...problemSchema },
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'An API token.' },
        session: { type: 'apiKey', in: 'cookie', name: '__Host-gts_session' },
      },
    },
    'x-rate-buckets': perMinute,
  };
}
