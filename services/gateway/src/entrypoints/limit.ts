import type { FastifyReply } from 'fastify';
import { type Caller, isSignedIn } from '../application/caller';
import { http } from '../application/errors';
import { type LimitedBucket, type Limiter, type Rate, type Takers } from '../application/rate-limits';
import { PEOPLE_PER_ADDRESS, perMinute, UNKNOWN_CREDENTIALS_PER_MINUTE } from '../application/rate-limits';
import type { Route } from '../application/route';

type CountedBucket = Exclude<Route['bucket'], 'none'>;

/**
 * Token or session, then tenant, then address: many tokens do not make many people.
 * A guest's cookie costs nothing, so guests are their address.
 */
export function takersOf(bucket: CountedBucket, caller: Caller): Takers {
  const { signedIn, guest } = perMinute[bucket];
  const address = { key: `address/${caller.address}`, perMinute: signedIn * PEOPLE_PER_ADDRESS };
  if (bucket === 'sign-in') return [{ ...address, perMinute: guest }];
  if (!isSignedIn(caller)) return [{ key: `guest/${caller.address}`, perMinute: guest }, address];
  const { tokenId, sessionId, userId, tenantId } = caller.principal;
  const own = { key: `own/${tokenId ?? sessionId ?? userId}`, perMinute: signedIn };
  return [own, { key: `tenant/${tenantId}`, perMinute: signedIn }, address];
}

type Counter = Readonly<{ reply: FastifyReply; limiter: Limiter }>;

/** Counts a request and says on the answer how many are left. @throws HTTP.RATE_LIMITED */
export function take(bucket: LimitedBucket, takers: Takers, { reply, limiter }: Counter): void {
  const rate = limiter.take(bucket, takers);
  reply.headers(headersOf(rate));
  if (!rate.allowed) throw http.RATE_LIMITED.with({ retryAfterMs: rate.resetSeconds * 1000 }, rate.resetSeconds);
}

const headersOf = ({ limit, remaining, resetSeconds }: Rate) => ({
  'ratelimit-limit': String(limit),
  'ratelimit-remaining': String(remaining),
  'ratelimit-reset': String(resetSeconds),
});

/** Requests with a secret that nobody knows yet count against their address until it turns out to be somebody's. */
export function attempts(address: string, counter: Counter): { take(): void; giveBack(): void } {
  const takers: Takers = [{ key: `address/${address}`, perMinute: UNKNOWN_CREDENTIALS_PER_MINUTE }];
  return {
    take: () => take('credential', takers, counter),
    giveBack: () => counter.limiter.giveBack('credential', takers),
  };
}
