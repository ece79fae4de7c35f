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

export const nothingUsed: Usage = { shootouts: 0, diBytes: 0, day: '', tracks: 0 };

const DAY_LENGTH = 'YYYY-MM-DD'.length;
const MIB = 1024 * 1024;

/** @throws SHOOTOUT.LIMIT_REACHED, SHOOTOUT.QUOTA_EXCEEDED; less is never refused */
export function use(
  usage: Usage,
  { shootouts = 0, diBytes = 0, tracks = 0 }: Used,
  { limits, now }: Readonly<{ limits: UsageLimits; now: Instant }>,
): Usage {
  const day = now.slice(0, DAY_LENGTH);
  const next = {
    shootouts: Math.max(0, usage.shootouts + shootouts),
    diBytes: Math.max(0, usage.diBytes + diBytes),
    day,
    tracks: (usage.day === day ? usage.tracks : 0) + tracks,
  };
  if (shootouts > 0 && next.shootouts > limits.shootouts)
    throw refuse.LIMIT_REACHED(`at most ${limits.shootouts} shootouts a workspace`);
  if (diBytes > 0 && next.diBytes > limits.diBytes)
    throw refuse.LIMIT_REACHED(`at most ${limits.diBytes / MIB} MiB of recordings a workspace`);
  if (tracks > 0 && next.tracks > limits.diTracksPerDay)
    throw refuse.QUOTA_EXCEEDED.with(
      { retryAfterMs: untilTomorrow(now) },
      `at most ${limits.diTracksPerDay} recordings a day`,
    );
  return next;
}

const DAY_MS = 86_400_000;
const untilTomorrow = (now: Instant): number => DAY_MS - (epochMsOf(now) % DAY_MS);
