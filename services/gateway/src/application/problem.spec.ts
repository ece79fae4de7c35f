import { DomainError, type Kind } from '@gts/kernel';
import { http } from './errors';
import { toProblem } from './problem';

const at = { path: '/api/v1/x', traceId: 'a'.repeat(32) };
const failed = (kind: Kind, code: string, part: object = {}) =>
  new DomainError({ kind, code, message: 'inside', ...part });

test.each<[Kind, string, number, string]>([
  ['invalid', 'GEAR.X', 400, 'GEAR.X'],
  ['unauthenticated', 'AUTH.X', 401, 'AUTH.X'],
  ['forbidden', 'AUTH.NOT_PERMITTED', 403, 'AUTH.NOT_PERMITTED'],
  ['not-found', 'STORE.NOT_FOUND', 404, 'HTTP.NOT_FOUND'],
  ['conflict', 'STORE.VERSION_CONFLICT', 409, 'STORE.VERSION_CONFLICT'],
  ['rule-violated', 'BUS.COMMAND_ID_REUSED', 422, 'BUS.COMMAND_ID_REUSED'],
  ['limited', 'SHOOTOUT.QUOTA_EXCEEDED', 429, 'SHOOTOUT.QUOTA_EXCEEDED'],
  ['unavailable', 'BUS.NO_RESPONDERS', 503, 'HTTP.DEPENDENCY_UNAVAILABLE'],
  ['unavailable', 'BUS.TIMEOUT', 503, 'HTTP.DEADLINE_EXCEEDED'],
  ['unavailable', 'STORE.PROJECTION_LAG', 503, 'HTTP.PROJECTION_LAG'],
  ['bug', 'BUS.INTERNAL', 500, 'HTTP.INTERNAL'],
  ['conflict', 'SHOOTOUT.UPLOAD_EXPIRED', 410, 'SHOOTOUT.UPLOAD_EXPIRED'],
])('%s %s is %i %s', (...[kind, code, status, shown]) => {
  expect(toProblem(failed(kind, code), at)).toMatchObject({ status, body: { status, code: shown } });
});

test('says nothing of the inside', () => {
  const text = JSON.stringify(toProblem(new TypeError('cannot read property of sqlite'), at));
  expect(text).not.toContain('sqlite');
  expect(JSON.stringify(toProblem(failed('unavailable', 'BUS.NO_RESPONDERS'), at))).not.toContain('inside');
});

test('a stale If-Match is 412 and names the current version', () => {
  const conflict = failed('conflict', 'STORE.VERSION_CONFLICT', { details: { currentVersion: 7 } });
  expect(toProblem(conflict, { ...at, locked: true })).toMatchObject({ status: 412, body: { currentVersion: 7 } });
});

test.each([
  ['nam.not_json', 415],
  ['wav.not_wav', 415],
  ['nam.too_large', 413],
  ['nam.weights', 422],
])('a file rejected for %s is %i', (code, status) => {
  const errors = [{ code, detail: '' }];
  expect(toProblem(failed('rule-violated', 'GEAR.FILE_REJECTED', { details: { errors } }), at).status).toBe(status);
});

test('at most 100 findings, and a hint when to come back', () => {
  const errors = Array.from({ length: 300 }, () => ({ code: 'invalid-id', detail: '' }));
  expect(toProblem(http.VALIDATION_FAILED.with({ details: { errors } }, 300), at).body.errors).toHaveLength(100);
  expect(toProblem(http.RATE_LIMITED.with({ retryAfterMs: 5500 }, 6), at).headers).toEqual({ 'retry-after': '6' });
});
