import { createInbox, AckPolicy, type ConsumerConfig, type Msg, type NatsConnection, type Subscription } from 'nats';
import { repeat, type Scheduler } from '../ports';
import { ackSubject, headersOfMsg, statusOf } from './wire';

const NANOS = 1_000_000;
const HEARTBEAT_MS = 5000;
/** So long after the last reader's interest the broker forgets it: nobody has to be allowed to delete. */
const FORGOTTEN_AFTER_MS = 30_000;
const CONTROL = 100;

export type OrderedOptions = Readonly<{
  nc: NatsConnection;
  /** Prefix of the subject that messages are sent to, `inboxPrefix(service)`. */
  inbox: string;
  stream: string;
  filter: string;
  start: Partial<ConsumerConfig>;
  scheduler: Scheduler;
  signal: AbortSignal;
}>;
/** A message with its place in the stream. */
export type Ordered = Readonly<{ msg: Msg; seq: number }>;

async function open({ nc, inbox, stream, filter, start }: OrderedOptions): Promise<Subscription> {
  const deliver = createInbox(inbox);
  const subscription = nc.subscribe(deliver);
  const jsm = await nc.jetstreamManager({ checkAPI: false });
  try {
    // Without a name: that is the one way to make a reader that can never be somebody's durable.
    await jsm.consumers.add(stream, {
      deliver_subject: deliver,
      ack_policy: AckPolicy.None,
      max_deliver: 1,
      filter_subject: filter,
      flow_control: true,
      idle_heartbeat: HEARTBEAT_MS * NANOS,
      inactive_threshold: FORGOTTEN_AFTER_MS * NANOS,
      mem_storage: true,
      num_replicas: 1,
      ...start,
    });
  } catch (error) {
    subscription.unsubscribe();
    throw error;
  }
  return subscription;
}

/** Answers what the broker asks of a reader; the sequence that the reader should have reached, where it says so. */
function control(nc: NatsConnection, msg: Msg): number | undefined {
  const headers = headersOfMsg(msg);
  const stalled = headers['Nats-Consumer-Stalled'];
  if (msg.reply) msg.respond();
  else if (stalled) nc.publish(stalled);
  const last = headers['Nats-Last-Consumer'];
  return last === undefined ? undefined : Number(last);
}

/**
 * Messages of a stream in order, pushed to one reader and not acknowledged; ends when `signal` fires.
 * @throws Error where one was missed or the broker fell silent: read again from the last one
 */
export async function* ordered(o: OrderedOptions): AsyncGenerator<Ordered> {
  const { nc, scheduler, signal } = o;
  const subscription = await open(o);
  let seenMs = scheduler.nowMs();
  const stop = () => subscription.unsubscribe();
  const isSilent = () => scheduler.nowMs() - seenMs > 3 * HEARTBEAT_MS;
  const unwatch = repeat(
    scheduler,
    () => HEARTBEAT_MS,
    () => void (isSilent() && stop()),
  );
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  let count = 0;
  const follows = (consumerSeq: number) => {
    if (consumerSeq !== count) throw new Error(`${o.stream}: a message was missed`);
  };
  try {
    for await (const msg of subscription) {
      seenMs = scheduler.nowMs();
      if (statusOf(msg) === CONTROL) follows(control(nc, msg) ?? count);
      else {
        const { seq, consumerSeq } = ackSubject(msg.reply ?? '');
        count += 1;
        follows(consumerSeq);
        yield { msg, seq };
      }
    }
    if (!signal.aborted) throw new Error(`${o.stream}: the broker fell silent`);
  } finally {
    unwatch();
    signal.removeEventListener('abort', stop);
    stop();
  }
}
