/** Stops what was scheduled; calling it twice is harmless. */
export type Cancel = () => void;

/** Where all waiting happens; a simulator drives it with a virtual clock. */
export interface Scheduler {
  after(ms: number, run: () => void): Cancel;
  /** After everything that is already queued. */
  soon(run: () => void): void;
  /** Monotonic milliseconds. */
  nowMs(): number;
  /** 0 up to, not including, 1. */
  random(): number;
}

/** The process's own timers. */
export const systemScheduler: Scheduler = {
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
  soon: (run) => void setImmediate(run),
  nowMs: () => performance.now(),
  random: () => Math.random(),
};

/** `x` times a uniform number in 0.8..1.2. */
export const jitter = (scheduler: Pick<Scheduler, 'random'>, x: number): number => x * (0.8 + 0.4 * scheduler.random());

export const pause = (scheduler: Scheduler, ms: number): Promise<void> =>
  new Promise((resolve) => void scheduler.after(ms, resolve));

/** Runs again and again, `ms` after the last run ended; `run` handles its own failures. */
export function repeat(scheduler: Scheduler, ms: () => number, run: () => Promise<void> | void): Cancel {
  let stopped = false;
  let cancel: Cancel = () => undefined;
  const once = async () => {
    try {
      await run();
    } catch {
      // The next round tries again; whoever cares has logged it.
    }
    next();
  };
  const next = () => {
    if (stopped) return;
    cancel = scheduler.after(ms(), () => void once());
  };
  next();
  return () => {
    stopped = true;
    cancel();
  };
}

type Labels = Readonly<Record<string, string | number>>;
/** Numbers about the process, named as in delivery.md §13; the shape of `libs/observability`'s. */
export interface Metrics {
  count(name: string, labels?: Labels, by?: number): void;
  gauge(name: string, value: number, labels?: Labels): void;
  observe(name: string, value: number, labels?: Labels): void;
}
const nothing = () => undefined;
export const noMetrics: Metrics = { count: nothing, gauge: nothing, observe: nothing };

type Fields = Readonly<Record<string, unknown>>;
/** One line of log; never payloads. */
export interface Log {
  debug(fields: Fields, message: string): void;
  info(fields: Fields, message: string): void;
  warn(fields: Fields, message: string): void;
  error(fields: Fields, message: string): void;
}
export const noLog: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing };

export type SpanOptions = Readonly<{
  traceparent?: string | undefined;
  kind: 'server' | 'client' | 'producer' | 'consumer';
  attributes?: Readonly<Record<string, string>>;
}>;
/** Runs `work` in a span; `work` gets the span's own traceparent to pass on. */
export type Tracer = <T>(
  name: string,
  options: SpanOptions,
  work: (traceparent: string | undefined) => Promise<T>,
) => Promise<T>;
export const noTracer: Tracer = (_name, { traceparent }, work) => work(traceparent);

/** What tests switch off to prove that an oracle sees it. */
export type Protection =
  'inbox' | 'messageId' | 'guard' | 'ackAfterCommit' | 'versionGate' | 'headsRead' | 'workInbox' | 'workAttempts';
