import type { Clock, Instant } from '@gts/kernel';

/** One thing that is not there or not as it should be; `next` is what a person does about it. */
export type Missing = Readonly<{ what: string; why: string; since: Instant; next?: string }>;
export type ReadinessReport = Readonly<{
  /** `degraded` serves: an outage of others must not empty every list of endpoints. */
  status: 'ready' | 'degraded' | 'starting' | 'draining';
  version: string;
  durability: string;
  missing: readonly Missing[];
}>;

/** What a service still waits for, or what is degraded; readable by people. */
export interface Readiness {
  /** `undefined` says that this part is there. What to do follows the first semicolon of the text. */
  set(part: string, missing: string | undefined): void;
  /** Says something without refusing traffic. */
  warn(part: string, text: string | undefined): void;
  /** How durable broker and store are together. */
  durable(level: string): void;
  report(): ReadinessReport;
}
export type ReadinessOptions = Readonly<{ version: string; clock: Pick<Clock, 'now'> }>;

export const DRAINING = 'draining';
/** Told as a field of its own; it degrades nothing. */
const DURABILITY = 'durability';

/** Whether requests may come in this state. */
export const serves = ({ status }: Pick<ReadinessReport, 'status'>): boolean =>
  status === 'ready' || status === 'degraded';

function entryOf(what: string, text: string, since: Instant): Missing {
  const [, why = text, next] = /^(.*?)(?:; (.*))?$/s.exec(text) ?? [];
  return { what, why, since, ...(next !== undefined && { next }) };
}

type Entries = Map<string, Missing>;
function statusOf(missing: Entries, warnings: Entries): ReadinessReport['status'] {
  if (missing.has(DRAINING)) return DRAINING;
  if (missing.size > 0) return 'starting';
  return [...warnings.keys()].some((part) => part !== DURABILITY) ? 'degraded' : 'ready';
}

/** @param parts what must be there before the first request */
export function readiness(parts: readonly string[], { version, clock }: ReadinessOptions): Readiness {
  const missing: Entries = new Map(parts.map((part) => [part, entryOf(part, 'not started yet', clock.now())]));
  const warnings: Entries = new Map();
  let durability = 'unknown';
  const put = (entries: Entries) => (part: string, text: string | undefined) => {
    if (text === undefined) return void entries.delete(part);
    // The same trouble with other words is as old as it was.
    return void entries.set(part, entryOf(part, text, entries.get(part)?.since ?? clock.now()));
  };
  return {
    set: put(missing),
    warn: put(warnings),
    durable: (level) => void (durability = level),
    report: () => ({
      status: statusOf(missing, warnings),
      version,
      durability,
      missing: [...missing.values(), ...warnings.values()],
    }),
  };
}
