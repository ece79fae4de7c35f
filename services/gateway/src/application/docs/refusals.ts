import { errorRows, statusOf } from '@gts/kernel';
import { fileStatuses, narrowed, narrowedNames } from '../errors';
import type { Route } from '../route';

/** Codes of the contexts that are no conflict; `docs/errors.md` says the same of each, which a spec holds. */
const foreign: Readonly<Record<string, number>> = {
  'BUS.COMMAND_ID_REUSED': 422,
  'BUS.NOT_PERMITTED': 403,
  'CHAIN.CHAIN_INVALID': 422,
  'GEAR.UPLOAD_INVALID': 422,
  'IDENTITY.REAUTHENTICATION_REQUIRED': 403,
  'IDENTITY.SCOPE_FORBIDDEN': 403,
  'SAGA.NOT_FOUND': 404,
  'SHOOTOUT.QUOTA_EXCEEDED': 429,
  'SHOOTOUT.RIFF_INVALID': 422,
  'SHOOTOUT.SHOOTOUT_INVALID': 422,
  'STORE.VERSION_CONFLICT': 412,
};

/** The statuses that a code can come with. */
function statusesOf(code: string): readonly number[] {
  const [prefix = '', name = ''] = code.split('.');
  if (name === 'FILE_REJECTED') return fileStatuses;
  return [narrowed[code] ?? narrowedNames[name] ?? (prefix === 'HTTP' ? ownStatus(code) : (foreign[code] ?? 409))];
}

function ownStatus(code: string): number {
  const row = errorRows().find((each) => each.code === code);
  if (!row) throw new Error(`${code} is not declared`);
  return statusOf(row.kind);
}

const hasQuery = ({ query }: Route, name: string): boolean => query !== undefined && name in query.shape;
const when = (condition: boolean, ...codes: string[]): string[] => (condition ? codes : []);

/** Before a route is even known. */
const everywhere = [
  'HTTP.BAD_REQUEST',
  'HTTP.CREDENTIALS_IN_URL',
  'HTTP.DEADLINE_EXCEEDED',
  'HTTP.DEPENDENCY_UNAVAILABLE',
  'HTTP.HEADERS_TOO_LARGE',
  'HTTP.INTERNAL',
  'HTTP.INVALID_PARAMETER',
  'HTTP.NOT_ACCEPTABLE',
  'HTTP.RATE_LIMITED',
  'HTTP.REQUEST_TIMEOUT',
  'HTTP.SCOPE_MISSING',
  'HTTP.UNAUTHENTICATED',
  'HTTP.UNKNOWN_PARAMETER',
  'HTTP.URI_TOO_LONG',
];

const ofCaller = (route: Route): string[] => [
  ...when(route.who !== 'G', 'BUS.NOT_PERMITTED'),
  ...when(route.who === 'A' || hasQuery(route, 'includeDeleted'), 'HTTP.FORBIDDEN'),
  ...when(Object.keys(route.params).length > 0 || route.who === 'E', 'HTTP.NOT_FOUND'),
  ...when(!['GET', 'HEAD', 'OPTIONS'].includes(route.method) && route.csrf, 'HTTP.CSRF_FAILED'),
];

const ofInput = (route: Route): string[] => [
  ...when(route.query !== undefined || route.takes === 'json', 'HTTP.VALIDATION_FAILED'),
  ...when(hasQuery(route, 'cursor'), 'HTTP.CURSOR_INVALID', 'HTTP.CURSOR_EXPIRED'),
  ...when(hasQuery(route, 'minVersion'), 'HTTP.PROJECTION_LAG'),
  ...when(route.method !== 'GET' && route.method !== 'HEAD', 'HTTP.PAYLOAD_TOO_LARGE', 'HTTP.UNSUPPORTED_MEDIA_TYPE'),
  ...when(route.takes === 'json', 'HTTP.MALFORMED_JSON'),
  ...when(route.idempotent, 'HTTP.IDEMPOTENCY_KEY_MISSING', 'BUS.COMMAND_ID_REUSED'),
  ...when(route.lock, 'HTTP.PRECONDITION_REQUIRED', 'STORE.VERSION_CONFLICT'),
];

/** Every code that a route can answer, by status. */
export function refusalsOf(route: Route): ReadonlyMap<number, readonly string[]> {
  const codes = new Set([...everywhere, ...ofCaller(route), ...ofInput(route), ...route.codes]);
  const byStatus = new Map<number, string[]>();
  for (const code of [...codes].toSorted())
    for (const status of statusesOf(code)) byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  return new Map([...byStatus].toSorted(([a], [b]) => a - b));
}
