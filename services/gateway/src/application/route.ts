import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import type { Context, ContextName } from '@gts/kernel';
import type { z } from 'zod';
import type { Caller } from './caller';
import type { Ports } from './ports';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD' | 'OPTIONS';
/** Who may ask (product.md): G nobody signed in, U anyone signed in, V, E, O members, self, A administrators. */
export type Who = 'G' | 'U' | 'V' | 'E' | 'O' | 'self' | 'A';
/** What an API token needs for it; `session`: tokens cannot. */
export type TokenScope = 'read' | 'write' | 'render' | 'ops' | 'session';
export type Bucket = 'read' | 'write' | 'create' | 'upload' | 'media' | 'sign-in' | 'none';
export type Tag = ContextName | 'gateway' | 'operations';

/** One request after every check of the edge. `query` and `body` hold what their schemas answered. */
export type EdgeRequest = Readonly<{
  route: Route;
  caller: Caller;
  ctx: Context;
  params: Readonly<Record<string, string>>;
  query: Readonly<Record<string, unknown>>;
  body: Readonly<Record<string, unknown>>;
  headers: IncomingHttpHeaders;
  /** Path and query as they came. */
  url: string;
  /** The lock of If-Match; a weak or foreign one is a version that no resource has. */
  expectedVersion?: number | '*' | undefined;
  idempotencyKey?: string | undefined;
  raw: IncomingMessage;
  traceId: string;
}>;

export type Answer = Readonly<{
  status?: number;
  headers?: Readonly<Record<string, string>>;
  cookies?: readonly string[];
  /** A JSON body; its `version` becomes the ETag on routes that show a single resource. */
  json?: unknown;
  /** Anything else; a stream is never compressed. */
  content?: Readonly<{ type: string; bytes: Buffer | Readable; length?: number; compress?: boolean }>;
  /** Takes the response over, as the event stream does. */
  takeOver?: (response: ServerResponse) => void;
}>;
export type Act = (request: EdgeRequest, ports: Ports) => Promise<Answer>;

export type HeaderNote = Readonly<{ required?: boolean; pattern?: string; example: string }>;
export type RouteExample = Readonly<{
  params?: Record<string, string>;
  query?: Record<string, string>;
  body?: unknown;
  /** Of the answer; made of its schema where absent. */
  reply?: unknown;
}>;

/** One row of api.md §2. Server, OpenAPI document and permission matrix are derived from these. */
export type Route = Readonly<{
  method: Method;
  /** Below `/api/v1`; from the site's root with two slashes. */
  path: string;
  operationId: string;
  summary: string;
  tag: Tag;
  who: Who;
  scope: TokenScope;
  bucket: Bucket;
  status: number;
  /** Needs an Idempotency-Key. */
  idempotent: boolean;
  /** Needs If-Match. */
  lock: boolean;
  /** Unsafe, but no page of ours has to prove itself. */
  csrf: boolean;
  params: Readonly<Record<string, z.ZodType>>;
  query?: z.ZodObject | undefined;
  body?: z.ZodType | undefined;
  /** `json` is read and held against `body`; `stream` is left to `act`. */
  takes: 'nothing' | 'json' | 'stream';
  reply?: z.ZodType | undefined;
  produces: string;
  /** Set where the answer is one resource with a version. */
  etag: boolean;
  cache?: string | undefined;
  /** Headers that the route reads itself, for the document. */
  headers: Readonly<Record<string, HeaderNote>>;
  /** Statuses of success beside `status`. */
  also: readonly number[];
  /** Answers every origin, without credentials. */
  open: boolean;
  codes: readonly string[];
  example: RouteExample;
  act: Act;
}>;

const defaults = {
  status: 200,
  idempotent: false,
  lock: false,
  csrf: true,
  params: {},
  takes: 'nothing',
  produces: 'application/json',
  etag: false,
  headers: {},
  also: [],
  open: false,
  codes: [],
  example: {},
} as const;

type Given = Omit<Route, keyof typeof defaults | 'scope' | 'bucket'> & Partial<Route>;

/** A row with its usual values filled in. */
export function route(given: Given): Route {
  const safe = given.method === 'GET' || given.method === 'HEAD' || given.method === 'OPTIONS';
  return {
    ...defaults,
    scope: safe ? 'read' : 'write',
    bucket: safe ? 'read' : 'write',
    ...(given.body ? { takes: 'json' as const } : {}),
    ...given,
  };
}

/** Where the row is served. */
export const addressOf = ({ path }: Pick<Route, 'path'>): string =>
  path.startsWith('//') ? path.slice(1) : `/api/v1${path}`;
