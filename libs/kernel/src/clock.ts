declare const brand: unique symbol;

/** RFC 3339 UTC text with milliseconds, as messages and documents carry it. */
export type Instant = string & { readonly [brand]: 'Instant' };

/** The only source of time for domain and application code. */
export interface Clock {
  /** Milliseconds since 1970. */
  epochMs(): number;
  now(): Instant;
}

export const instantOf = (epochMs: number): Instant => new Date(epochMs).toISOString() as Instant;
export const epochMsOf = (instant: Instant): number => Date.parse(instant);

/** A clock over any millisecond source; `clockOf(() => Date.now())` is the system's. */
export const clockOf = (epochMs: () => number): Clock => ({ epochMs, now: () => instantOf(epochMs()) });

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Text with a unit, `250ms`, `30s`, `15m`, `24h`, `14d`: how configuration and definitions write durations. */
export type Duration = `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`;

/** @throws Error when the text is no duration */
export function durationMs(text: Duration): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text);
  if (!match?.[1] || !match[2]) throw new Error(`not a duration: ${text}`);
  return Number(match[1]) * (units[match[2]] ?? 0);
}
