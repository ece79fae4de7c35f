import type { Msg, NatsConnection, Subscription } from 'nats';
import type { ConsumeOptions, Delivery, Pull } from '../bus';
import { repeat, type Scheduler } from '../ports';
import { ackSubject, headersOfMsg, lastToken, statusOf } from './wire';

const EXPIRES_MS = 30_000;
const HEARTBEAT_MS = 5000;
const RETRY_MS = 500;
const NANOS = 1_000_000;

const ACK = Buffer.from('+ACK');
const WORKING = Buffer.from('+WPI');
const nakBytes = (delayMs: number | undefined) =>
  Buffer.from(delayMs === undefined ? '-NAK' : `-NAK {"delay": ${Math.round(delayMs * NANOS)}}`);

/** A delivery on the wire; `settled` runs once, at the first ack or nak. */
export function deliveryOf(nc: NatsConnection, msg: Msg, settled: () => void): Delivery {
  const reply = msg.reply ?? '';
  const { stream, seq, deliveryCount } = ackSubject(reply);
  let open = true;
  const say = (bytes: Uint8Array) => {
    // A closed connection loses the answer; the message then comes again, which is what at-least-once means.
    if (!nc.isClosed()) nc.publish(reply, bytes);
  };
  const end = (bytes: Uint8Array) => {
    if (!open) return;
    open = false;
    say(bytes);
    settled();
  };
  return {
    stream,
    seq,
    deliveryCount,
    subject: msg.subject,
    headers: headersOfMsg(msg),
    body: msg.data,
    ack: () => end(ACK),
    nak: (delayMs) => end(nakBytes(delayMs)),
    working: () => void (open && say(WORKING)),
  };
}

type PullDeps = Readonly<{ nc: NatsConnection; scheduler: Scheduler; inbox: string }>;

/**
 * Keeps asking for messages, never for more than `maxMessages` that are not settled: a large prefetch would raise
 * the delivery count of innocents whenever a process dies.
 */
export class NatsPull implements Pull {
  readonly #deps: PullDeps;
  readonly #options: ConsumeOptions;
  readonly #subscription: Subscription;
  /** Request → how many messages it may still bring. */
  readonly #requests = new Map<string, number>();
  readonly #cancel: () => void;
  #asked = 0;
  #unsettled = 0;
  #next = 0;
  #stopped = false;
  #lastSeen: number;
  #waiting = false;

  constructor(deps: PullDeps, options: ConsumeOptions) {
    this.#deps = deps;
    this.#options = options;
    this.#lastSeen = deps.scheduler.nowMs();
    const callback = (_error: unknown, msg: Msg) => this.#received(msg);
    this.#subscription = deps.nc.subscribe(`${deps.inbox}.*`, { callback });
    this.#cancel = repeat(
      deps.scheduler,
      () => HEARTBEAT_MS,
      () => this.#watch(),
    );
    this.#ask();
  }

  /** After a reconnect nothing that was asked is remembered by the broker. */
  again(): void {
    this.#requests.clear();
    this.#asked = 0;
    this.#ask();
  }

  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#cancel();
    // Drain: the broker forgets the requests, and what it sent before that still passes `#received`.
    await this.#subscription.drain().catch(() => undefined);
  }

  #ask(): void {
    const { maxMessages, stream, durable } = this.#options;
    const room = maxMessages - this.#asked - this.#unsettled;
    if (this.#stopped || this.#waiting || room <= 0 || (this.#asked > 0 && room < maxMessages / 2)) return;
    const token = (this.#next++).toString(36);
    this.#requests.set(token, room);
    this.#asked += room;
    const request = { batch: room, expires: EXPIRES_MS * NANOS, idle_heartbeat: HEARTBEAT_MS * NANOS };
    const reply = `${this.#deps.inbox}.${token}`;
    if (this.#deps.nc.isClosed()) return;
    this.#deps.nc.publish(`$JS.API.CONSUMER.MSG.NEXT.${stream}.${durable}`, JSON.stringify(request), { reply });
  }

  #received(msg: Msg): void {
    this.#lastSeen = this.#deps.scheduler.nowMs();
    const token = lastToken(this.#requestOf(msg));
    if (!msg.reply || statusOf(msg) > 0) return this.#status(msg, token);
    const left = this.#requests.get(token);
    if (left !== undefined) {
      this.#asked--;
      if (left <= 1) this.#requests.delete(token);
      else this.#requests.set(token, left - 1);
    }
    this.#unsettled++;
    const delivery = deliveryOf(this.#deps.nc, msg, () => {
      this.#unsettled--;
      this.#ask();
    });
    if (this.#stopped) delivery.nak();
    else this.#options.onMessage(delivery);
  }

  /** Deliveries carry the stream's subject, so the oldest open request is taken as theirs. */
  #requestOf(msg: Msg): string {
    if (msg.subject.startsWith(this.#deps.inbox)) return msg.subject;
    const [oldest] = this.#requests.keys();
    return oldest ?? '';
  }

  #status(msg: Msg, token: string): void {
    const code = msg.headers?.code ?? 0;
    if (code === 100) return;
    this.#asked -= this.#requests.get(token) ?? 0;
    this.#requests.delete(token);
    if (code === 408 || code === 404) return this.#ask();
    this.#options.onProblem?.(`${code} ${msg.headers?.description ?? ''}`);
    this.#retryLater();
  }

  #retryLater(): void {
    if (this.#waiting) return;
    this.#waiting = true;
    this.#deps.scheduler.after(RETRY_MS, () => {
      this.#waiting = false;
      this.#ask();
    });
  }

  #watch(): void {
    if (this.#asked === 0) return this.#ask();
    if (this.#deps.scheduler.nowMs() - this.#lastSeen > 2 * HEARTBEAT_MS + 1000) this.again();
  }
}
