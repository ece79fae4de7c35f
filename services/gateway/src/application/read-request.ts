import type { IncomingHttpHeaders } from 'node:http';
import { type DomainError, type Finding, isDomainError } from '@gts/kernel';
import { http } from './errors';
import { type Parsed, readBody } from './reading/read-body';
import { type QueryRead, readQuery } from './reading/read-query';
import type { Route } from './route';

/** A version that no resource reaches: a lock that never fits. */
const NEVER = Number.MAX_SAFE_INTEGER;
const KEY = /^[A-Za-z0-9_-]{8,64}$/;

export type Given = Readonly<{
  params: Readonly<Record<string, string>>;
  search: URLSearchParams;
  headers: IncomingHttpHeaders;
  /** Absent where the route reads none, or the request has none. */
  body: Uint8Array | undefined;
}>;
export type ReadRequest = Readonly<{
  query: Readonly<Record<string, unknown>>;
  body: Readonly<Record<string, unknown>>;
  expectedVersion: number | '*' | undefined;
  idempotencyKey: string | undefined;
}>;

/** Holds a whole request against its route; every finding comes in one answer. */
export function readRequest(route: Route, given: Given): ReadRequest {
  for (const [name, schema] of Object.entries(route.params))
    if (!schema.safeParse(given.params[name]).success) throw http.NOT_FOUND();
  const body = bodyOf(route, given.body);
  const query = readQuery(route.query, given.search);
  const { 'idempotency-key': key, 'if-match': ifMatch } = given.headers;
  const unreadable = isDomainError(body);
  const refusals = [
    ...(unreadable ? [body] : []),
    ...keyRefusals(route, key),
    ...queryRefusals(query),
    ...lockRefusals(route, ifMatch),
    ...bodyRefusals([...query.broken, ...(unreadable ? [] : body.findings)]),
  ];
  if (refusals[0]) throw merged(refusals[0], refusals);
  return {
    query: query.value,
    body: (unreadable ? {} : (body.value ?? {})) as Record<string, unknown>,
    expectedVersion: lockOf(route, ifMatch),
    idempotencyKey: route.idempotent && typeof key === 'string' ? key : undefined,
  };
}

function bodyOf(route: Route, bytes: Uint8Array | undefined): Parsed | DomainError {
  if (!route.body || route.takes !== 'json') return { value: {}, findings: [] };
  if (bytes === undefined || bytes.length === 0) {
    // A body of optional fields only may be left out.
    if (route.body.safeParse({}).success) return { value: route.body.parse({}), findings: [] };
    return http.MALFORMED_JSON('a JSON body is due here');
  }
  try {
    return readBody(route.body, bytes);
  } catch (error) {
    if (isDomainError(error)) return error;
    throw error;
  }
}

function keyRefusals(route: Route, key: string | string[] | undefined): DomainError[] {
  if (!route.idempotent || (typeof key === 'string' && KEY.test(key))) return [];
  const detail = 'send Idempotency-Key with 8 to 64 of A-Z a-z 0-9 _ -';
  const errors = [{ code: 'idempotency-key-missing', header: 'idempotency-key', detail }];
  return [http.IDEMPOTENCY_KEY_MISSING.with({ details: { errors } }, detail)];
}

function queryRefusals({ unknown, invalid }: QueryRead): DomainError[] {
  const refusal = (make: typeof http.INVALID_PARAMETER, errors: readonly Finding[]) =>
    errors.map(({ parameter = '' }) => parameter).join(', ') &&
    make.with({ details: { errors } }, `check the parameters: see errors`);
  return [refusal(http.INVALID_PARAMETER, invalid), refusal(http.UNKNOWN_PARAMETER, unknown)].filter(isDomainError);
}

function lockRefusals(route: Route, ifMatch: string | undefined): DomainError[] {
  if (!route.lock || ifMatch !== undefined) return [];
  const detail = 'send If-Match with the ETag of the resource you have read';
  const errors = [{ code: 'precondition-required', header: 'if-match', detail }];
  return [http.PRECONDITION_REQUIRED.with({ details: { errors } }, detail)];
}

function bodyRefusals(errors: readonly Finding[]): DomainError[] {
  return errors.length === 0 ? [] : [http.VALIDATION_FAILED.with({ details: { errors } }, errors.length)];
}

/** The first refusal gives code and status, the findings of all travel with it. */
function merged(first: DomainError, all: readonly DomainError[]): DomainError {
  const errors = all.flatMap((each) => each.details?.errors ?? []).slice(0, 100);
  return Object.assign(first, { details: { ...first.details, errors } });
}

function lockOf(route: Route, ifMatch: string | undefined): number | '*' | undefined {
  if (!route.lock || ifMatch === undefined) return undefined;
  if (ifMatch === '*') return route.method === 'DELETE' ? '*' : NEVER;
  const version = Number(/^"(\d{1,15})"$/.exec(ifMatch)?.[1] ?? Number.NaN);
  return version >= 1 ? version : NEVER;
}
