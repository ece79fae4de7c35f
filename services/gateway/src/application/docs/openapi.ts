import type { z } from 'zod';
import { narrowed } from '../errors';
import { perMinute } from '../rate-limits';
import { addressOf, type Route } from '../route';
import { schemaOf, sharedSchemas } from './schemas';

type Json = Readonly<Record<string, unknown>>;

const problem = (description: string): Json => ({
  description,
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
});

/** The codes that a route can answer beside its own, by its flags. */
function codesOf(route: Route): readonly string[] {
  const when = (condition: boolean, ...codes: string[]) => (condition ? codes : []);
  return [
    ...new Set([
      'HTTP.NOT_ACCEPTABLE',
      'HTTP.CREDENTIALS_IN_URL',
      'HTTP.RATE_LIMITED',
      'HTTP.DEPENDENCY_UNAVAILABLE',
      'HTTP.DEADLINE_EXCEEDED',
      ...when(route.who !== 'G', 'HTTP.UNAUTHENTICATED', 'HTTP.SCOPE_MISSING', 'AUTH.NOT_PERMITTED'),
      ...when(route.who === 'A', 'HTTP.FORBIDDEN'),
      ...when(Object.keys(route.params).length > 0, 'HTTP.NOT_FOUND'),
      ...when(route.method !== 'GET' && route.csrf, 'HTTP.CSRF_FAILED'),
      ...when(route.query !== undefined, 'HTTP.INVALID_PARAMETER', 'HTTP.UNKNOWN_PARAMETER'),
      ...when(hasCursor(route), 'HTTP.CURSOR_INVALID', 'HTTP.CURSOR_EXPIRED'),
      ...when(takesMinVersion(route), 'HTTP.PROJECTION_LAG'),
      ...when(
        route.takes === 'json',
        'HTTP.MALFORMED_JSON',
        'HTTP.VALIDATION_FAILED',
        'HTTP.PAYLOAD_TOO_LARGE',
        'HTTP.UNSUPPORTED_MEDIA_TYPE',
        'HTTP.REQUEST_TIMEOUT',
      ),
      ...when(route.idempotent, 'HTTP.IDEMPOTENCY_KEY_MISSING', 'BUS.COMMAND_ID_REUSED'),
      ...when(route.lock, 'HTTP.PRECONDITION_REQUIRED', 'STORE.VERSION_CONFLICT'),
      ...route.codes,
    ]),
  ].toSorted();
}

const hasCursor = ({ query }: Route): boolean => query !== undefined && 'cursor' in query.shape;
const takesMinVersion = ({ query }: Route): boolean => query !== undefined && 'minVersion' in query.shape;

type Place = Readonly<{ in: 'path' | 'query' | 'header'; required?: boolean }>;
const parameter = (name: string, place: Place, schema: unknown): Json => ({ name, required: false, ...place, schema });

function parametersOf(route: Route): Json[] {
  const path = Object.entries(route.params).map(([name, schema]) => ({
    ...parameter(name, { in: 'path', required: true }, schemaOf(schema, 'input')),
    ...(route.example.params?.[name] === undefined ? {} : { example: route.example.params[name] }),
  }));
  const shape = (route.query?.shape ?? {}) as Readonly<Record<string, z.ZodType>>;
  const query = Object.entries(shape).map(([name, schema]) => ({
    ...parameter(name, { in: 'query', required: !schema.safeParse(undefined).success }, schemaOf(schema, 'input')),
    ...(route.example.query?.[name] === undefined ? {} : { example: route.example.query[name] }),
  }));
  const key = { type: 'string', pattern: '^[A-Za-z0-9_-]{8,64}$' };
  return [
    ...path,
    ...query,
    ...(route.idempotent ? [parameter('Idempotency-Key', { in: 'header', required: true }, key)] : []),
    ...(route.lock ? [parameter('If-Match', { in: 'header', required: true }, { type: 'string' })] : []),
    ...(route.etag && route.method === 'GET' ? [parameter('If-None-Match', { in: 'header' }, { type: 'string' })] : []),
  ];
}

function requestBody(route: Route): Json {
  if (route.takes === 'stream') return { requestBody: { required: true, content: { 'application/octet-stream': {} } } };
  if (!route.body) return {};
  const required = !route.body.safeParse({}).success;
  const example = route.example.body === undefined ? {} : { example: route.example.body };
  return {
    requestBody: { required, content: { 'application/json': { schema: schemaOf(route.body, 'input'), ...example } } },
  };
}

function responses(route: Route): Json {
  const headers = {
    'Trace-Id': { schema: { type: 'string' } },
    ...(route.etag ? { ETag: { schema: { type: 'string' } } } : {}),
  };
  const empty = route.status === 204 || (!route.reply && route.produces === 'application/json');
  const body = route.reply ? { schema: schemaOf(route.reply, 'output') } : {};
  const found = { description: 'Done.', headers, ...(empty ? {} : { content: { [route.produces]: body } }) };
  const codes = codesOf(route);
  const refusals = codes.map((code) => `\`${code}\`${narrowed[code] ? ` (${narrowed[code]})` : ''}`).join(', ');
  return { [String(route.status)]: found, default: problem(`Refused: ${refusals}.`) };
}

function operation(route: Route): Json {
  return {
    operationId: route.operationId,
    tags: [route.tag],
    summary: route.summary,
    security: route.who === 'G' ? [{}, { bearer: [] }, { session: [] }] : [{ bearer: [] }, { session: [] }],
    parameters: parametersOf(route),
    ...requestBody(route),
    responses: responses(route),
    'x-roles': route.who,
    'x-scope': route.scope,
    'x-rate-bucket': route.bucket,
    'x-problem-codes': codesOf(route),
  };
}

const text = { type: 'string' };
const problemSchema: Json = {
  type: 'object',
  description: 'RFC 9457.',
  properties: {
    type: text,
    title: text,
    status: { type: 'integer' },
    detail: text,
    instance: text,
    code: text,
    traceId: text,
    retryable: { type: 'boolean' },
    errors: {
      type: 'array',
      maxItems: 100,
      items: {
        type: 'object',
        properties: { code: text, pointer: text, parameter: text, header: text, detail: text, limit: {} },
        required: ['code', 'detail'],
      },
    },
  },
  required: ['type', 'title', 'status', 'detail', 'instance', 'code', 'traceId', 'retryable'],
};

/** OpenAPI 3.1 of the route table. */
export function openApi(routes: readonly Route[]): Json {
  const ids = routes.map((route) => route.operationId);
  const twice = ids.find((id, i) => ids.indexOf(id) !== i);
  if (twice !== undefined) throw new Error(`two rows are called ${twice}`);
  const paths: Record<string, Record<string, unknown>> = {};
  for (const each of routes) (paths[addressOf(each)] ??= {})[each.method.toLowerCase()] = operation(each);
  return {
    openapi: '3.1.0',
    info: { title: 'Guitar Tone Shootout', version: '1', license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    servers: [{ url: '/' }],
    tags: [...new Set(routes.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      schemas: { ...sharedSchemas(), Problem: problemSchema },
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'An API token.' },
        session: { type: 'apiKey', in: 'cookie', name: '__Host-gts_session' },
      },
    },
    'x-rate-buckets': perMinute,
  };
}
