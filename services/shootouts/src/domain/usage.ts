import { epochMsOf, type Instant } from '@gts/kernel';
import { refuse } from './errors';

/** What a workspace has of what is limited. */
export type Usage = Readonly<{
  shootouts: number;
  diBytes: number;
  /** Recordings made on `day` (UTC). */
  day: string;
  tracks: number;
}>;
export type UsageLimits = Readonly<{ shootouts: number; diBytes: number; diTracksPerDay: number }>;
export type Used = Readonly<{ shootouts?: number; diBytes?: number; tracks?: number }>;

const DAY_LENGTH = 'YYYY-MM-DD'.length;
const MIB = 1024 * 1024;

/** In UTC. */
export const dayOf = (at: Instant): string => at.slice(0, DAY_LENGTH);

type Rules = Readonly<{ limits: UsageLimits; now: Instant }>;

/** @throws SHOOTOUT.LIMIT_REACHED, SHOOTOUT.QUOTA_EXCEEDED; less is never refused */
export function use(usage: Usage, { shootouts = 0, diBytes = 0, tracks = 0 }: Used, { limits, now }: Rules): Usage {
  const day = dayOf(now);
  const next = {
    shootouts: Math.max(0, usage.shootouts + shootouts),
    diBytes: Math.max(0, usage.diBytes + diBytes),
    day,
    tracks: (usage.day === day ? usage.tracks : 0) + tracks,
  };
  if (shootouts > 0) assertRoom(next, limits);
  if (diBytes > 0) assertBytes(next, limits);
  if (tracks > 0) assertToday(next, { limits, now });
  return next;
}

function assertRoom({ shootouts }: Usage, { shootouts: most }: UsageLimits): void {
  if (shootouts > most) throw refuse.LIMIT_REACHED(`at most ${most} shootouts a workspace`);
}

function assertBytes({ diBytes }: Usage, { diBytes: most }: UsageLimits): void {
  if (diBytes > most) throw refuse.LIMIT_REACHED(`at most ${most / MIB} MiB of recordings a workspace`);
}

function assertToday({ tracks }: Usage, { limits: { diTracksPerDay: most }, now }: Rules): void {
  const tomorrow = { retryAfterMs: untilTomorrow(now) };
  if (tracks > most) throw refuse.QUOTA_EXCEEDED.with(tomorrow, `at most ${most} recordings a day`);
}

const DAY_MS = 86_400_000;
const untilTomorrow = (now: Instant): number => DAY_MS - (epochMsOf(now) % DAY_MS);
