import type { Bucket } from './route';

export type LimitedBucket = Exclude<Bucket, 'none'>;

/** Requests a minute (api.md §1); guests have less where two numbers stand. */
export const perMinute: Readonly<Record<LimitedBucket, { signedIn: number; guest: number }>> = {
  read: { signedIn: 600, guest: 120 },
  write: { signedIn: 120, guest: 120 },
  create: { signedIn: 10, guest: 10 },
  upload: { signedIn: 30, guest: 30 },
  media: { signedIn: 1200, guest: 1200 },
  'sign-in': { signedIn: 20, guest: 20 },
};
const MINUTE_MS = 60_000;
const MOST_BUCKETS = 50_000;

export type Rate = Readonly<{ allowed: boolean; limit: number; remaining: number; resetSeconds: number }>;
export type Taker = Readonly<{ key: string; guest: boolean }>;

/** Token buckets in this process; what was not asked for longest is forgotten first. */
export class Limiter {
  readonly #kept = new Map<string, { tokens: number; at: number }>();
  readonly #nowMs: () => number;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  take(bucket: LimitedBucket, { key, guest }: Taker): Rate {
    const limit = perMinute[bucket][guest ? 'guest' : 'signedIn'];
    const tokens = this.#level(bucket, key, limit);
    const allowed = tokens >= 1;
    const left = allowed ? tokens - 1 : tokens;
    this.#keep(`${bucket}/${key}`, left);
    const secondsFor = (wanted: number) => Math.max(1, Math.ceil(((wanted - left) * MINUTE_MS) / limit / 1000));
    return { allowed, limit, remaining: Math.floor(left), resetSeconds: secondsFor(allowed ? limit : 1) };
  }

  /** A refused request had no effect and costs nothing. */
  giveBack(bucket: LimitedBucket, { key, guest }: Taker): void {
    const limit = perMinute[bucket][guest ? 'guest' : 'signedIn'];
    this.#keep(`${bucket}/${key}`, Math.min(limit, this.#level(bucket, key, limit) + 1));
  }

  #level(bucket: LimitedBucket, key: string, limit: number): number {
    const known = this.#kept.get(`${bucket}/${key}`);
    return known ? Math.min(limit, known.tokens + ((this.#nowMs() - known.at) * limit) / MINUTE_MS) : limit;
  }

  #keep(name: string, tokens: number): void {
    this.#kept.delete(name);
    this.#kept.set(name, { tokens, at: this.#nowMs() });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MOST_BUCKETS && oldest !== undefined) this.#kept.delete(oldest);
  }
}
