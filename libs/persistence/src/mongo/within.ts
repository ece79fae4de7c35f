import { hasCode } from '@gts/kernel';
import { storeErrors } from '../errors';

/**
 * Gives up on a call that is not answered in time. The driver ends a call when the server tells it to or a connection
 * breaks; a line that merely falls silent holds it for as long as two heartbeats need, far above the time of a unit.
 * @throws STORE.DEADLINE_EXCEEDED; the call itself may go on, unheard
 */
export async function within<R>(ms: number, work: () => Promise<R>): Promise<R> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(storeErrors.DEADLINE_EXCEEDED.with({ retryAfterMs: 1000 })), ms);
  try {
    return await Promise.race([work(), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

export const isLate = (error: unknown): boolean => hasCode(error, storeErrors.DEADLINE_EXCEEDED.code);
