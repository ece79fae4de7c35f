import { isDomainError } from '@gts/kernel';
import { busErrors } from '../errors';

/** What a failed publish means for its row. */
export type Failure =
  | Readonly<{ act: 'again'; unknown: boolean }>
  | Readonly<{ act: 'pause stream'; ms: number }>
  | Readonly<{ act: 'quarantine' }>
  /** Nobody knows this answer: a few tries, then quarantine. */
  | Readonly<{ act: 'quarantine after'; tries: number }>;

const again: Failure = { act: 'again', unknown: false };
const elections = new Set([10008, 10009, 10158, 10167]);
const full = new Set([10077, 10023, 10047, 10122]);
const MESSAGE_OVER_LIMIT = 10054;
const NO_STREAM = 10059;
const UNKNOWN_TRIES = 3;

function rejection(details: Readonly<Record<string, unknown>>): Failure {
  const errCode = Number(details['errCode']);
  const code = Number(details['code']);
  if (elections.has(errCode)) return again;
  if (full.has(errCode)) return { act: 'pause stream', ms: 5000 };
  if (errCode === NO_STREAM) return { act: 'pause stream', ms: 10_000 };
  if (errCode === MESSAGE_OVER_LIMIT) return { act: 'quarantine' };
  return code === 429 || code >= 500 ? again : { act: 'quarantine after', tries: UNKNOWN_TRIES };
}

const byCode: Readonly<Record<string, Failure>> = {
  [busErrors.PUBLISH_TIMEOUT.code]: { act: 'again', unknown: true },
  [busErrors.DISCONNECTED.code]: { act: 'again', unknown: true },
  [busErrors.NO_RESPONDERS.code]: again,
  [busErrors.PUBLISHER_OVERLOADED.code]: again,
  [busErrors.PERMISSION_DENIED.code]: { act: 'pause stream', ms: 10_000 },
  [busErrors.PAYLOAD_TOO_LARGE.code]: { act: 'quarantine' },
};

/** The failure table of delivery.md §5. */
export function failureOf(error: unknown): Failure {
  if (!isDomainError(error)) return { act: 'quarantine after', tries: UNKNOWN_TRIES };
  if (error.code === busErrors.PUBLISH_REJECTED.code) return rejection(error.details ?? {});
  return byCode[error.code] ?? { act: 'quarantine after', tries: UNKNOWN_TRIES };
}
