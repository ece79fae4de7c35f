import { type DomainError, errorRows, type Finding, hasCode, isDomainError, kindOf, statusOf } from '@gts/kernel';
import { http, narrowed, narrowedNames } from './errors';
import { MOST_FINDINGS } from './reading/findings';

export type ProblemBody = Readonly<{
  type: string;
  title: string;
  status: number;
  detail: string;
  instance: string;
  code: string;
  traceId: string;
  retryable: boolean;
  errors?: readonly Finding[];
}> &
  Readonly<Record<string, unknown>>;
export type Problem = Readonly<{ status: number; headers: Readonly<Record<string, string>>; body: ProblemBody }>;
export type Circumstances = Readonly<{ path: string; traceId: string; locked?: boolean }>;

const CONFLICT = 'STORE.VERSION_CONFLICT';

/** Any failure as RFC 9457 says it; bugs and parts that are away show nothing of the inside. */
export function toProblem(error: unknown, { path, traceId, locked = false }: Circumstances): Problem {
  const shown = disclosed(error);
  const status = shown.code === CONFLICT && locked ? 412 : statusFor(shown);
  const { errors: findings, ...facts } = shown.details ?? {};
  const retryable = shown.kind === 'limited' || shown.kind === 'unavailable';
  const body: ProblemBody = {
    ...facts,
    type: `/problems/${shown.code}`,
    title: titleOf(shown.code),
    status,
    detail: detailOf(shown, locked),
    instance: path,
    code: shown.code,
    traceId,
    retryable,
    ...(findings ? { errors: findings.slice(0, MOST_FINDINGS) } : {}),
  };
  return { status, headers: retryable ? { 'retry-after': String(retrySeconds(shown)) } : {}, body };
}

const retrySeconds = (error: DomainError): number => Math.max(1, Math.ceil((error.retryAfterMs ?? 1000) / 1000));

/** What the outside may know: one not-found for all reasons, no store or broker words. */
function disclosed(error: unknown): DomainError {
  if (!isDomainError(error)) return http.INTERNAL();
  if (error.code.startsWith('HTTP.')) return error;
  const kind = kindOf(error);
  if (kind === 'bug') return http.INTERNAL();
  if (kind === 'not-found') return http.NOT_FOUND();
  if (kind === 'unavailable') return unavailable(error);
  return hasCode(error, 'STORE.INVALID_CURSOR') ? http.CURSOR_INVALID('begin again without a cursor') : error;
}

function unavailable(error: DomainError): DomainError {
  const extra = error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs };
  if (error.code === 'STORE.PROJECTION_LAG')
    return http.PROJECTION_LAG('the read model has not reached this version within 2 s: ask again');
  if (/TIMEOUT|DEADLINE/.test(error.code))
    return http.DEADLINE_EXCEEDED.with(extra, 'no answer in time: repeat with the same Idempotency-Key');
  if (/^(?:BUS|STORE|SAGA|AUTH)\./.test(error.code))
    return http.DEPENDENCY_UNAVAILABLE.with(extra, 'a part of the system does not answer: ask again shortly');
  return error;
}

function statusFor(error: DomainError): number {
  const name = error.code.split('.')[1] ?? '';
  const findings = error.details?.errors ?? [];
  if (name === 'FILE_REJECTED') return fileStatus(findings[0]?.code ?? '');
  if (findings.some((each) => each.code === 'upload-expired')) return 410;
  return narrowed[error.code] ?? narrowedNames[name] ?? statusOf(error.kind);
}

/** audio.md §5: the reason of a rejected file says which status it takes. */
function fileStatus(code: string): number {
  if (/\.(?:not_wav|unsupported|not_json)$/.test(code)) return 415;
  return code.endsWith('.too_large') ? 413 : 422;
}

function detailOf(error: DomainError, locked: boolean): string {
  if (error.code !== CONFLICT || !locked) return error.message;
  const current = error.details?.['currentVersion'];
  return `somebody changed it meanwhile${typeof current === 'number' ? `, version ${current} is current` : ''}: read it again, then repeat the change`;
}

export function titleOf(code: string): string {
  const row = errorRows().find((each) => each.code === code);
  if (row) return row.summary;
  const words = (code.split('.')[1] ?? code).toLowerCase().replaceAll('_', ' ');
  return `${words[0]?.toUpperCase() ?? ''}${words.slice(1)}.`;
}
