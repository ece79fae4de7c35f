import { errors, type ErrorEntry } from '@gts/kernel';

const invalid = (summary: string, advice: string) =>
  ({ kind: 'invalid', summary, advice, message: (detail: string) => detail }) as const satisfies ErrorEntry;
const forbidden = (summary: string, advice: string) =>
  ({ kind: 'forbidden', summary, advice, message: (detail: string) => detail }) as const satisfies ErrorEntry;
const unavailable = (summary: string, advice: string) =>
  ({ kind: 'unavailable', summary, advice, message: (detail: string) => detail }) as const satisfies ErrorEntry;

/** What the edge itself refuses (api.md §1); everything else is the owning context's word. */
export const http = errors('HTTP', {
  MALFORMED_JSON: invalid(
    'The body is not one JSON value in UTF-8.',
    'Send one JSON value without BOM, double keys or NaN.',
  ),
  INVALID_PARAMETER: invalid('A parameter or header has no valid value.', 'Correct what errors[] names.'),
  UNKNOWN_PARAMETER: invalid('The route does not know this parameter.', 'Remove it, or look it up in /docs.'),
  CURSOR_INVALID: invalid('The cursor is not one of ours for this list.', 'Begin again without a cursor.'),
  CURSOR_EXPIRED: invalid('The cursor is older than 24 hours.', 'Begin again without a cursor.'),
  CREDENTIALS_IN_URL: invalid(
    'A credential stands in the address.',
    'Send it in the Authorization header; replace it, it may be in logs.',
  ),
  IDEMPOTENCY_KEY_MISSING: invalid(
    'A POST needs an Idempotency-Key.',
    'Send 8 to 64 of A-Z a-z 0-9 _ -, a UUID is best.',
  ),
  VALIDATION_FAILED: {
    kind: 'rule-violated',
    summary: 'Readable JSON that breaks its schema.',
    advice: 'errors[] names every field with its limit.',
    message: (count: number) => `${count === 1 ? 'one field is' : `${count} fields are`} not valid: see errors`,
  },
  UNAUTHENTICATED: {
    kind: 'unauthenticated',
    summary: 'Nobody is signed in, or the session or token has ended.',
    advice: 'Sign in again, or send a valid API token.',
    message: (detail: string) => detail,
  },
  CSRF_FAILED: forbidden(
    'The request does not prove that it comes from our page.',
    'Send Origin and the X-CSRF-Token of GET /session.',
  ),
  SCOPE_MISSING: forbidden('The API token lacks the scope.', 'Create a token with the scope that errors[] names.'),
  FORBIDDEN: forbidden('The role does not allow this.', 'Ask an owner of the workspace, or an administrator.'),
  NOT_FOUND: {
    kind: 'not-found',
    summary: 'Nothing is here, or it is not visible to you.',
    advice: 'Check the address and the selected workspace.',
    message: () => 'nothing is here that you may see: check the address and the selected workspace',
  },
  METHOD_NOT_ALLOWED: invalid('The route exists, but not with this method.', 'Use a method of the Allow header.'),
  NOT_ACCEPTABLE: invalid('The route cannot answer in an accepted type.', 'Accept application/json or */*.'),
  REQUEST_TIMEOUT: invalid('The request came too slowly.', 'Send it again over a faster connection.'),
  PAYLOAD_TOO_LARGE: invalid('The body is longer than the route takes.', 'Stay below the limit that errors[] names.'),
  URI_TOO_LONG: invalid('The request line is longer than 8 KiB.', 'Shorten the parameters.'),
  UNSUPPORTED_MEDIA_TYPE: invalid(
    'The body has a type or encoding that the route does not read.',
    'Send the type that the detail names, unencoded.',
  ),
  RANGE_NOT_SATISFIABLE: invalid('The range lies outside the file.', 'Ask for bytes within Content-Range.'),
  PRECONDITION_FAILED: invalid('A precondition of the request does not hold.', 'Read the resource again.'),
  PRECONDITION_REQUIRED: invalid('This change needs If-Match.', 'Send the ETag of the resource you have read.'),
  RATE_LIMITED: {
    kind: 'limited',
    summary: 'Too many requests.',
    advice: 'Wait for Retry-After; GET /limits names all limits.',
    message: (seconds: number) => `too many requests: try again in ${seconds} s`,
  },
  HEADERS_TOO_LARGE: invalid('The headers are longer than 16 KiB.', 'Send fewer or shorter headers.'),
  BAD_REQUEST: invalid('The request is not readable HTTP.', 'Correct the client.'),
  CHECKSUM_MISMATCH: invalid('The bytes do not have the promised hash.', 'Send them again.'),
  UPLOAD_EXPIRED: invalid('The upload is older than 24 hours.', 'Begin a new one.'),
  TUS_VERSION: invalid('Tus-Resumable is missing or not 1.0.0.', 'Send Tus-Resumable: 1.0.0.'),
  TOPIC_UNKNOWN: invalid('There is no such event topic.', 'See GET /docs for the topics.'),
  INTERNAL: {
    kind: 'bug',
    summary: 'Something went wrong here; it is written down under the trace id.',
    advice: 'Try again later, or report the trace id.',
    message: () => 'something went wrong here: report the trace id',
  },
  PROJECTION_LAG: unavailable('The read model has not reached this version yet.', 'Ask again after Retry-After.'),
  DEPENDENCY_UNAVAILABLE: unavailable(
    'A part of the system does not answer.',
    'Ask again after Retry-After; see GET /status.',
  ),
  DEADLINE_EXCEEDED: unavailable(
    'No answer within 10 s; the effect may still have happened.',
    'Repeat with the same Idempotency-Key.',
  ),
});

/** Statuses that are narrower than those of the kind. */
export const narrowed: Readonly<Record<string, number>> = {
  'HTTP.METHOD_NOT_ALLOWED': 405,
  'HTTP.NOT_ACCEPTABLE': 406,
  'HTTP.REQUEST_TIMEOUT': 408,
  'HTTP.PAYLOAD_TOO_LARGE': 413,
  'HTTP.URI_TOO_LONG': 414,
  'HTTP.UNSUPPORTED_MEDIA_TYPE': 415,
  'HTTP.RANGE_NOT_SATISFIABLE': 416,
  'HTTP.PRECONDITION_FAILED': 412,
  'HTTP.PRECONDITION_REQUIRED': 428,
  'HTTP.HEADERS_TOO_LARGE': 431,
  'HTTP.CHECKSUM_MISMATCH': 460,
  'HTTP.UPLOAD_EXPIRED': 410,
  'HTTP.TUS_VERSION': 412,
};

/** Codes of the contexts that take a narrower status than their kind has. */
export const narrowedNames: Readonly<Record<string, number>> = {
  UPLOAD_EXPIRED: 410,
  CHECKSUM_MISMATCH: 460,
  PAYLOAD_TOO_LARGE: 413,
};

/** What a rejected file can come to, by its reason (audio.md §5). */
export const fileStatuses: readonly number[] = [413, 415, 422];
