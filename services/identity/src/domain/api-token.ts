import { type Decision, durationMs, epochMsOf, type Id, type Instant } from '@gts/kernel';
import { refuse } from './errors';
import type { ApiTokenEvent, TokenScope } from './events';

export type ApiToken = Readonly<{
  userId: Id<'User'>;
  name: string;
  prefix: string;
  hash: string;
  scopes: readonly TokenScope[];
  madeAt: Instant;
  expiresAt: Instant;
  lastUsedAt: Instant | null;
  revoked: boolean;
}>;
type Decided = Decision<ApiToken, ApiTokenEvent>;

const LEAST_LIFE = durationMs('1m');
const MOST_LIFE = durationMs('365d');
const NOTICED = durationMs('10m');

export type TokenRequest = Pick<ApiToken, 'userId' | 'name' | 'prefix' | 'hash' | 'scopes' | 'expiresAt'>;
/** `most` is how many live tokens one person may have. */
type Circumstances = Readonly<{ tokenId: Id<'ApiToken'>; at: Instant; live: number; most: number; isAdmin: boolean }>;

function assertExpiry(expiresAt: Instant, now: Instant): void {
  const lifeMs = epochMsOf(expiresAt) - epochMsOf(now);
  if (lifeMs >= LEAST_LIFE && lifeMs <= MOST_LIFE) return;
  const detail = lifeMs > MOST_LIFE ? 'is more than 365 days ahead' : 'is not ahead of now';
  const errors = [{ code: 'out-of-range', pointer: '/expiresAt', detail, limit: '365 days' }];
  throw refuse.TOKEN_EXPIRY.with({ details: { errors } }, detail);
}

export function createToken(request: TokenRequest, { tokenId, at, live, most, isAdmin }: Circumstances): Decided {
  assertExpiry(request.expiresAt, at);
  if (request.scopes.includes('ops') && !isAdmin) throw refuse.SCOPE_FORBIDDEN();
  if (live >= most) throw refuse.LIMIT_REACHED('API tokens', most);
  const { userId, scopes } = request;
  return {
    state: { ...request, madeAt: at, lastUsedAt: null, revoked: false },
    events: [{ type: 'ApiTokenCreated', tokenId, userId, scopes }],
  };
}

export const isLiveToken = ({ revoked, expiresAt }: ApiToken, now: Instant): boolean => !revoked && expiresAt > now;

/** Ends the token; only its own person may, and only once. */
export const revokeToken =
  (tokenId: Id<'ApiToken'>, userId: string) =>
  (token: ApiToken): Decided => {
    if (token.userId !== userId || token.revoked) throw refuse.TOKEN_NOT_FOUND();
    return {
      state: { ...token, revoked: true },
      events: [{ type: 'ApiTokenRevoked', tokenId, userId: token.userId, scopes: token.scopes }],
    };
  };

export const used =
  (at: Instant) =>
  (token: ApiToken): Decided => ({ state: { ...token, lastUsedAt: at }, events: [] });

export const isUseWorthNoting = ({ lastUsedAt }: ApiToken, now: Instant): boolean =>
  lastUsedAt === null || epochMsOf(now) - epochMsOf(lastUsedAt) >= NOTICED;
