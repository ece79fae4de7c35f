import { setTimeout as pause } from 'node:timers/promises';
import { hasCode, isDomainError } from '@gts/kernel';
import { storeErrors } from './errors';

const TRIES = 4;
const JITTER_MS = 50;

/** Repeats a unit that lost a race or met a passing fault of the store, at most 3 times, with full jitter. */
export async function retried<R>(unit: () => Promise<R>): Promise<R> {
  for (let attempt = 1; ; attempt += 1)
    try {
      return await unit();
    } catch (error) {
      if (attempt === TRIES || !passing(error)) throw error;
      await pause(Math.random() * JITTER_MS);
    }
}

/** A version that the caller asked for does not become right by asking again. */
function passing(error: unknown): boolean {
  if (hasCode(error, storeErrors.VERSION_CONFLICT.code)) return error.details?.['expectedVersion'] === undefined;
  // What may have been committed is not repeated blindly; whoever asked knows how to ask again.
  const unknown = isDomainError(error) && error.details?.['outcome'] === 'unknown';
  return hasCode(error, storeErrors.UNAVAILABLE.code) && !unknown;
}
