import type { DomainError } from '@gts/kernel';
import { createInbox, Events, type Msg, type MsgHdrs, type NatsConnection, type Subscription } from 'nats';
import { busErrors } from '../errors';
import { lastTokenOf, statusOf } from '../nats/wire';
import { repeat, type Scheduler } from '../ports';

const SWEEP_MS = 25;
const MOST_IN_FLIGHT = 1024;

type Waiting = Readonly<{
  resolve: (msg: Msg) => void;
  reject: (error: DomainError) => void;
  until: number;
  name: string;
}>;
export type Outbound = Readonly<{ name: string; subject: string; body: Uint8Array; headers: MsgHdrs; until: number }>;

/** Requests over one subscription and one sweep: no timer and no subscription a call. */
export class Requests {
  readonly #nc: NatsConnection;
  readonly #inbox: string;
  readonly #scheduler: Scheduler;
  readonly #waiting = new Map<string, Waiting>();
  readonly #stop: () => void;
  #prefix = '';
  #subscription: Subscription | undefined;
  #next = 0;
  #connected = true;

  constructor({ nc, inbox, scheduler }: { nc: NatsConnection; inbox: string; scheduler: Scheduler }) {
    this.#nc = nc;
    this.#inbox = inbox;
    this.#scheduler = scheduler;
    this.#listen();
    this.#stop = repeat(
      scheduler,
      () => SWEEP_MS,
      () => this.#sweep(),
    );
    void this.#watch();
  }

  send({ name, subject, body, headers, until }: Outbound): Promise<Msg> {
    if (!this.#connected || this.#nc.isClosed()) return Promise.reject(busErrors.DISCONNECTED());
    if (this.#waiting.size >= MOST_IN_FLIGHT) return Promise.reject(busErrors.OVERLOADED(name));
    return new Promise((resolve, reject) => {
      const token = (this.#next++).toString(36);
      this.#waiting.set(token, { resolve, reject, until, name });
      this.#nc.publish(subject, body, { reply: this.#prefix + token, headers });
    });
  }

  close(): void {
    this.#stop();
    this.#subscription?.unsubscribe();
    this.#rejectAll();
  }

  #listen(): void {
    // Other replicas use the same prefix: what they are answered must not come here.
    this.#prefix = `${createInbox(this.#inbox)}.`;
    const callback = (_error: unknown, msg: Msg) => this.#answered(msg);
    this.#subscription = this.#nc.subscribe(`${this.#prefix}*`, { callback });
  }

  #answered(msg: Msg): void {
    const token = lastTokenOf(msg);
    const entry = this.#waiting.get(token);
    if (!entry) return;
    this.#waiting.delete(token);
    if (statusOf(msg) === 503 && msg.data.length === 0) entry.reject(busErrors.NO_RESPONDERS(entry.name));
    else entry.resolve(msg);
  }

  #sweep(): void {
    const now = this.#scheduler.nowMs();
    for (const [token, { until, reject, name }] of this.#waiting)
      if (until <= now) {
        this.#waiting.delete(token);
        reject(busErrors.TIMEOUT(name));
      }
  }

  #rejectAll(): void {
    for (const { reject } of this.#waiting.values()) reject(busErrors.DISCONNECTED());
    this.#waiting.clear();
  }

  async #watch(): Promise<void> {
    for await (const { type } of this.#nc.status()) {
      if (type === Events.Disconnect) {
        this.#connected = false;
        this.#rejectAll();
      } else if (type === Events.Reconnect) {
        this.#subscription?.unsubscribe();
        this.#listen();
        this.#connected = true;
      }
    }
  }
}
