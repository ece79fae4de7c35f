import { type DomainError, isDomainError } from '@gts/kernel';
import { createInbox, type Msg, type NatsConnection, type Subscription } from 'nats';
import type { BusMessage, PubAck } from '../bus';
import { busErrors } from '../errors';
import { type Metrics, noMetrics, repeat, type Scheduler } from '../ports';
import { headersOfMsg, lastToken, rawHeaders } from './wire';

const WINDOW = 256;
const MOST_WAITING = 4096;
const TIMEOUT_MS = 2000;
const SWEEP_MS = 100;

type Waiting = BusMessage & { resolve: (ack: PubAck) => void; reject: (error: DomainError) => void; deadline: number };
type Answer = {
  stream: string;
  seq: number;
  duplicate?: boolean;
  error?: { err_code?: number; description?: string; code?: number };
};
export type PublisherDeps = Readonly<{ nc: NatsConnection; inbox: string; scheduler: Scheduler; metrics?: Metrics }>;

/** Acknowledged publishing over one subscription: no fire-and-forget, no timer and no subscription a call. */
export class Publisher {
  readonly #deps: PublisherDeps;
  readonly #metrics: Metrics;
  readonly #sent = new Map<string, Waiting>();
  readonly #waiting: Waiting[] = [];
  readonly #stopSweep: () => void;
  #next = 0;
  #prefix = '';
  #subscription: Subscription | undefined;
  #connected = true;

  constructor(deps: PublisherDeps) {
    this.#deps = deps;
    this.#metrics = deps.metrics ?? noMetrics;
    this.#listen();
    this.#stopSweep = repeat(
      deps.scheduler,
      () => SWEEP_MS,
      () => this.#sweep(),
    );
  }

  publish(message: BusMessage): Promise<PubAck> {
    const most = this.#deps.nc.info?.max_payload ?? Infinity;
    if (!this.#connected) return Promise.reject(busErrors.DISCONNECTED());
    if (message.body.length > most) return Promise.reject(busErrors.PAYLOAD_TOO_LARGE(message.body.length));
    if (this.#waiting.length >= MOST_WAITING) return Promise.reject(busErrors.PUBLISHER_OVERLOADED());
    return new Promise((resolve, reject) => {
      const entry = {
        subject: message.subject,
        headers: message.headers,
        body: message.body,
        resolve,
        reject,
        deadline: 0,
      };
      if (this.#sent.size < WINDOW) this.#send(entry);
      else this.#waiting.push(entry);
    });
  }

  /** The connection is gone: whether what was sent is stored is unknown. */
  disconnected(): void {
    this.#connected = false;
    this.#rejectAll();
  }

  reconnected(): void {
    this.#subscription?.unsubscribe();
    this.#listen();
    this.#connected = true;
  }

  /** The broker said, out of band, that a subject is not ours to publish to. */
  denied(subject: string): void {
    for (const [token, entry] of this.#sent)
      if (entry.subject === subject) this.#settle(token)?.reject(busErrors.PERMISSION_DENIED(subject));
  }

  close(): void {
    this.#stopSweep();
    this.#connected = false;
    this.#rejectAll();
    this.#subscription?.unsubscribe();
  }

  #listen(): void {
    const callback = (_error: unknown, msg: Msg) => this.#answered(msg);
    // Other replicas use the same prefix: an acknowledgement of theirs must not settle what we sent.
    this.#prefix = `${createInbox(this.#deps.inbox)}.`;
    this.#subscription = this.#deps.nc.subscribe(`${this.#prefix}*`, { callback });
  }

  #send(entry: Waiting): void {
    const token = (this.#next++).toString(36);
    entry.deadline = this.#deps.scheduler.nowMs() + TIMEOUT_MS;
    this.#sent.set(token, entry);
    try {
      const options = { reply: this.#prefix + token, headers: rawHeaders(entry.headers) };
      this.#deps.nc.publish(entry.subject, entry.body, options);
    } catch (error) {
      const fault = isDomainError(error) ? error : busErrors.DISCONNECTED.with({ cause: error });
      this.#settle(token)?.reject(fault);
    }
  }

  #settle(token: string): Waiting | undefined {
    const entry = this.#sent.get(token);
    if (entry) this.#sent.delete(token);
    while (this.#connected && this.#sent.size < WINDOW && this.#waiting.length > 0) {
      const next = this.#waiting.shift();
      if (next) this.#send(next);
    }
    return entry;
  }

  #answered(msg: Msg): void {
    const entry = this.#settle(lastToken(msg.subject));
    if (!entry) return this.#metrics.count('messaging_late_acks_total');
    if (msg.data.length === 0) return entry.reject(answerless(msg, entry.subject));
    const { error, stream, seq, duplicate = false } = JSON.parse(msg.string()) as Answer;
    if (error) entry.reject(rejected(entry.subject, error));
    else entry.resolve({ stream, seq, duplicate });
  }

  #sweep(): void {
    const now = this.#deps.scheduler.nowMs();
    for (const [token, entry] of this.#sent)
      if (entry.deadline < now) {
        this.#metrics.count('messaging_publish_unknown_total');
        this.#settle(token)?.reject(busErrors.PUBLISH_TIMEOUT(entry.subject));
      }
  }

  #rejectAll(): void {
    const all = [...this.#sent.values(), ...this.#waiting];
    this.#sent.clear();
    this.#waiting.length = 0;
    for (const entry of all) entry.reject(busErrors.DISCONNECTED());
  }
}

const answerless = (msg: Msg, subject: string): DomainError =>
  msg.headers?.code === 503
    ? busErrors.NO_RESPONDERS(subject)
    : busErrors.PUBLISH_REJECTED(subject, 0, JSON.stringify(headersOfMsg(msg)));

function rejected(subject: string, error: NonNullable<Answer['error']>): DomainError {
  const { err_code: errCode = 0, code = 0, description = '' } = error;
  return busErrors.PUBLISH_REJECTED.with({ details: { errCode, code } }, subject, errCode, description);
}
