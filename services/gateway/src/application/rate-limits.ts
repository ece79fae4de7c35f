import type { Bucket } from './route';

type RouteBucket = Exclude<Bucket, 'none'>;
/** `credential`: requests with a secret that turns out to be nobody's. */
export type LimitedBucket = RouteBucket | 'credential';

/** Requests a minute (api.md §1); guests have less where two numbers stand. */
export const perMinute: Readonly<Record<RouteBucket, { signedIn: number; guest: number }>> = {
  read: { signedIn: 600, guest: 120 },
  write: { signedIn: 120, guest: 120 },
  create: { signedIn: 10, guest: 10 },
  upload: { signedIn: 30, guest: 30 },
  media: { signedIn: 1200, guest: 1200 },
  'sign-in': { signedIn: 20, guest: 20 },
};
/** Requests a minute and address with a secret that is nobody's. */
export const UNKNOWN_CREDENTIALS_PER_MINUTE = 120;
/** People behind one address share this many times what one of them has. */
export const PEOPLE_PER_ADDRESS = 10;
const MINUTE_MS = 60_000;
const MOST_BUCKETS = 50_000;

export type Rate = Readonly<{ allowed: boolean; limit: number; remaining: number; resetSeconds: number }>;
/** One of those a request is counted against, and how often it may ask. */
export type Taker = Readonly<{ key: string; perMinute: number }>;
export type Takers = readonly [Taker, ...Taker[]];

type Level = Taker & Readonly<{ tokens: number }>;

/** Token buckets in this process; what was not asked for longest is forgotten first. */
export class Limiter {
  readonly #kept = new Map<string, { tokens: number; at: number }>();
  readonly #nowMs: () => number;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Takes one from every bucket, or from none when any is empty. @returns the rate of the smallest */
  take(bucket: LimitedBucket, takers: Takers): Rate {
    const levels = takers.map((taker) => this.#level(bucket, taker));
    const allowed = levels.every(({ tokens }) => tokens >= 1);
    const left = allowed ? levels.map((level) => ({ ...level, tokens: level.tokens - 1 })) : levels;
    for (const level of left) this.#keep(bucket, level);
    return rateOf(left, allowed);
  }

  /** A refused request had no effect and costs nothing. */
  giveBack(bucket: LimitedBucket, takers: Takers): void {
    for (const taker of takers) {
      const { tokens } = this.#level(bucket, taker);
      this.#keep(bucket, { ...taker, tokens: Math.min(taker.perMinute, tokens + 1) });
    }
  }

  #level(bucket: LimitedBucket, taker: Taker): Level {
    const known = this.#kept.get(`${bucket}/${taker.key}`);
    const most = taker.perMinute;
    const tokens = known ? known.tokens + ((this.#nowMs() - known.at) * most) / MINUTE_MS : most;
    return { ...taker, tokens: Math.min(most, tokens) };
  }

  #keep(bucket: LimitedBucket, { key, tokens }: Level): void {
    const name = `${bucket}/${key}`;
    this.#kept.delete(name);
    this.#kept.set(name, { tokens, at: this.#nowMs() });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MOST_BUCKETS && oldest !== undefined) this.#kept.delete(oldest);
  }
}

/** What the caller has left is what the smallest bucket holds; it waits until the last of the empty ones refilled. */
function rateOf(levels: readonly Level[], allowed: boolean): Rate {
  const waitOf = ({ tokens, perMinute: most }: Level) => ((allowed ? most : 1) - tokens) / most;
  const empty = levels.filter(({ tokens }) => tokens < 1);
  const [said] = allowed
    ? levels.toSorted((a, b) => a.tokens - b.tokens)
    : empty.toSorted((a, b) => waitOf(b) - waitOf(a));
  if (!said) throw new Error('nobody takes');
  const resetSeconds = Math.max(1, Math.ceil((waitOf(said) * MINUTE_MS) / 1000));
  return { allowed, limit: said.perMinute, remaining: Math.floor(said.tokens), resetSeconds };
}
