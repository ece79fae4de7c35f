import type { Envelope } from '@gts/contracts';
import type { Instant } from '@gts/kernel';
import { DeliverPolicy, type Msg, type NatsConnection } from 'nats';
import { decodeEnvelope } from './incoming';
import { ordered } from './nats/ordered';
import { type Scheduler, systemScheduler } from './ports';

/** Where reading starts: after a sequence, at an instant, or with what comes next. */
export type TailStart = Readonly<{ afterSeq: number } | { since: Instant } | { from: 'new' }>;
export type TailOptions = Readonly<{
  nc: NatsConnection;
  /** Prefix of reply subjects, `inboxPrefix(service)`. */
  inbox: string;
  stream: string;
  /** Subjects to read, e.g. `eventFilter(def)`; one, because old brokers know no more. */
  filter: string;
  start: TailStart;
  signal: AbortSignal;
  scheduler?: Scheduler;
}>;
export type Tailed = Readonly<{ stream: string; seq: number; subject: string; envelope: Envelope }>;

function policy(start: TailStart) {
  if ('afterSeq' in start) return { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: start.afterSeq + 1 };
  if ('since' in start) return { deliver_policy: DeliverPolicy.StartTime, opt_start_time: start.since };
  return { deliver_policy: DeliverPolicy.New };
}

function tailed(message: Msg, at: { stream: string; seq: number }): Tailed | undefined {
  try {
    return { ...at, subject: message.subject, envelope: decodeEnvelope(message.data) };
  } catch {
    // A reader without effects passes over what its consumers park.
    return undefined;
  }
}

/**
 * Reads a stream in order without a durable and without effects; ends when `signal` fires.
 * @throws Error where reading broke off: go on after the last message
 */
export async function* tail({ start, scheduler = systemScheduler, ...options }: TailOptions): AsyncGenerator<Tailed> {
  for await (const { msg, seq } of ordered({ ...options, scheduler, start: policy(start) })) {
    const found = tailed(msg, { stream: options.stream, seq });
    if (found) yield found;
  }
}

/** Calls back with every progress message of a subject; returns how to stop. Losing some is expected. */
export function followProgress(nc: NatsConnection, filter: string, told: (envelope: Envelope) => void): () => void {
  const callback = (_error: unknown, msg: Msg) => {
    const found = tailed(msg, { stream: '', seq: 0 });
    if (found) told(found.envelope);
  };
  const subscription = nc.subscribe(filter, { callback });
  return () => subscription.unsubscribe();
}
