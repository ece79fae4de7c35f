import type { FastifyReply } from 'fastify';
import { type Caller, isSignedIn } from '../application/caller';
import { http } from '../application/errors';
import type { LimitedBucket, Limiter, Taker } from '../application/rate-limits';
import type { Route } from '../application/route';

/** Token or session where there is one, else the address: a guest's cookie costs nothing. */
export function takerOf({ bucket }: Route, caller: Caller): Taker {
  if (bucket === 'sign-in' || !isSignedIn(caller)) return { key: caller.address, guest: !isSignedIn(caller) };
  const { tokenId, sessionId, userId } = caller.principal;
  return { key: tokenId ?? sessionId ?? userId, guest: false };
}

/** Counts a request and says on the answer how many are left. @throws HTTP.RATE_LIMITED */
export function take(
  bucket: LimitedBucket,
  taker: Taker,
  { reply, limiter }: { reply: FastifyReply; limiter: Limiter },
): void {
  const rate = limiter.take(bucket, taker);
  reply.headers({
    'ratelimit-limit': String(rate.limit),
    'ratelimit-remaining': String(rate.remaining),
    'ratelimit-reset': String(rate.resetSeconds),
  });
  if (!rate.allowed) throw http.RATE_LIMITED.with({ retryAfterMs: rate.resetSeconds * 1000 }, rate.resetSeconds);
}
