import { hasCode, isDomainError, kindOf } from '@gts/kernel';
import { storeErrors } from '@gts/persistence';
import { Unfit } from '../incoming';

/** What a failed handling means for its message. */
export type Verdict =
  | Readonly<{ act: 'park'; reason: string }>
  /** Counted; parked as ATTEMPTS_EXHAUSTED when `most` were started. */
  | Readonly<{ act: 'retry'; most: number; bug: boolean }>
  | Readonly<{ act: 'conflict' }>
  /** Not counted; parked when older than `parkAfterMs`. */
  | Readonly<{ act: 'wait'; reason: string; since: string; delayMs: number; parkAfterMs: number }>
  | Readonly<{ act: 'pause'; dependency: string }>;

const HOUR_MS = 3_600_000;
const AHEAD_MS = 60_000;
export const MOST_ATTEMPTS = 6;
const MOST_BUG_ATTEMPTS = 3;

const dependencies: Readonly<Record<string, string>> = {
  [storeErrors.UNAVAILABLE.code]: 'store',
  [storeErrors.CLOSED.code]: 'store',
  'RESILIENCE.BREAKER_OPEN': 'breaker',
};
const SAGA_TENANT = 'SAGA.TENANT_MISMATCH';
const SAGA_VERSION = 'SAGA.VERSION_UNKNOWN';

function unfit({ reason, aheadSince }: Unfit): Verdict {
  if (aheadSince === undefined) return { act: 'park', reason };
  const parkAfterMs = reason === 'UNKNOWN_TYPE' ? HOUR_MS : 24 * HOUR_MS;
  return { act: 'wait', reason, since: aheadSince, delayMs: AHEAD_MS, parkAfterMs };
}

function branded(error: unknown): Verdict {
  switch (kindOf(error)) {
    case 'invalid':
    case 'unauthenticated':
    case 'forbidden':
    case 'rule-violated':
      return { act: 'park', reason: 'HANDLER_REFUSED' };
    case 'conflict':
      return { act: 'conflict' };
    case 'not-found':
    case 'limited':
    case 'unavailable':
      return { act: 'retry', most: MOST_ATTEMPTS, bug: false };
    case 'bug':
      return { act: 'retry', most: MOST_BUG_ATTEMPTS, bug: true };
  }
}

/** The table of message classes (delivery.md §6). */
export function verdictOf(error: unknown): Verdict {
  if (error instanceof Unfit) return unfit(error);
  if (hasCode(error, SAGA_TENANT)) return { act: 'park', reason: 'TENANT_MISMATCH' };
  if (hasCode(error, SAGA_VERSION))
    return { act: 'wait', reason: 'NEWER_VERSION', since: '', delayMs: AHEAD_MS, parkAfterMs: Infinity };
  const dependency = isDomainError(error) ? dependencies[error.code] : undefined;
  return dependency === undefined ? branded(error) : { act: 'pause', dependency };
}

/** The same id inserted by somebody else in between: the effect is there. */
export const isAlreadyDone = (error: unknown): boolean => hasCode(error, storeErrors.DUPLICATE_KEY.code);

const DELAYS_MS = [1000, 5000, 30_000, 120_000, 600_000];
/** Wait after the n-th counted failure, before jitter. */
export const delayAfter = (failures: number): number =>
  DELAYS_MS[Math.min(failures, DELAYS_MS.length) - 1] ?? DELAYS_MS[0] ?? 0;

export { codeOf } from '../fault';
