import { type Decision, durationMs, epochMsOf, type Id, type Instant, instantOf } from '@gts/kernel';

export type Session = Readonly<{
  userId: Id<'User'>;
  activeTenantId: Id<'Tenant'>;
  /** Browser and system, for the list of sessions. */
  label: string;
  startedAt: Instant;
  lastSeenAt: Instant;
  expiresAt: Instant;
  reauthenticatedAt: Instant;
  revoked: boolean;
}>;
type Decided = Decision<Session, never>;

const IDLE = durationMs('7d');
const MOST = durationMs('30d');
const FRESH = durationMs('10m');
/** How old a sign of life may get before it is written again. */
const NOTICED = durationMs('10m');

const expiry = (startedAt: Instant, seenAt: Instant): Instant =>
  instantOf(Math.min(epochMsOf(seenAt) + IDLE, epochMsOf(startedAt) + MOST));

type Opening = Pick<Session, 'userId' | 'activeTenantId' | 'label'> & Readonly<{ at: Instant }>;

export const openSession = ({ at, ...who }: Opening): Decided => ({
  state: {
    ...who,
    startedAt: at,
    lastSeenAt: at,
    expiresAt: expiry(at, at),
    reauthenticatedAt: at,
    revoked: false,
  },
  events: [],
});

/** Whether a session still stands for its person; `revokedAt` is when all sessions before were ended. */
export const isLive = (session: Session, now: Instant, revokedAt: Instant | null): boolean =>
  !session.revoked && session.expiresAt > now && (revokedAt === null || session.startedAt > revokedAt);

/** Idle sessions end after a week, used ones after a month: being seen moves the end, at most so far. */
export const seen =
  (at: Instant) =>
  (session: Session): Decided => ({
    state: { ...session, lastSeenAt: at, expiresAt: expiry(session.startedAt, at) },
    events: [],
  });

export const isWorthNoting = ({ lastSeenAt }: Session, now: Instant): boolean =>
  epochMsOf(now) - epochMsOf(lastSeenAt) >= NOTICED;

/** Whether the person proved who they are recently enough for things that outlive the session. */
export const isFresh = ({ reauthenticatedAt }: Session, now: Instant): boolean =>
  epochMsOf(now) - epochMsOf(reauthenticatedAt) <= FRESH;

export const revoke = (session: Session): Decided => ({ state: { ...session, revoked: true }, events: [] });
