import type { ConsumerSpec, StreamSpec } from '@gts/contracts';
import type { BusMessage, ConsumerState, PubAck } from '../bus';
import { MESSAGE_ID } from '../headers';
import { matches } from '../patterns';

export type Stored = Readonly<BusMessage & { seq: number }>;
type Known = Readonly<{ seq: number; atMs: number }>;

/** One stream: messages in order, and the ids it saw within its window. */
export class MemoryStream {
  readonly messages: Stored[] = [];
  readonly #spec: StreamSpec;
  readonly #known = new Map<string, Known>();
  /** One of a name after another differ in it. */
  readonly created: string;

  constructor(spec: StreamSpec, made = 0) {
    this.#spec = spec;
    this.created = `${spec.name}@${made}`;
  }

  takes(subject: string): boolean {
    return this.#spec.subjects.some((pattern) => matches(pattern, subject));
  }

  /** The window looks at the id only, whatever the subject. */
  add(message: BusMessage, nowMs: number): PubAck {
    const stream = this.#spec.name;
    const id = message.headers[MESSAGE_ID];
    const known = id === undefined ? undefined : this.#known.get(id);
    if (known && nowMs - known.atMs < this.#spec.duplicateWindowMs) return { stream, seq: known.seq, duplicate: true };
    const seq = this.messages.length + 1;
    this.messages.push({ ...message, seq });
    if (id !== undefined) this.#known.set(id, { seq, atMs: nowMs });
    return { stream, seq, duplicate: false };
  }
}

type Out = { dueMs: number; count: number; held: boolean };
/** A message that may be handed out now. */
export type Ready = Readonly<{ message: Stored; count: number }>;

/** Position of one durable: what is out, since when, how often. */
export class MemoryConsumer {
  readonly #spec: ConsumerSpec;
  readonly #stream: MemoryStream;
  readonly #out = new Map<number, Out>();
  #next = 0;

  constructor(spec: ConsumerSpec, stream: MemoryStream) {
    this.#spec = spec;
    this.#stream = stream;
  }

  /** A message whose wait is over, else the next new one, while `max_ack_pending` leaves room. */
  take(nowMs: number): Ready | undefined {
    return this.#again(nowMs) ?? (this.#out.size < this.#spec.maxAckPending ? this.#fresh(nowMs) : undefined);
  }

  ack(seq: number): void {
    this.#out.delete(seq);
  }

  nak(seq: number, dueMs: number): void {
    const out = this.#out.get(seq);
    if (out) Object.assign(out, { dueMs, held: false });
  }

  working(seq: number, nowMs: number): void {
    const out = this.#out.get(seq);
    if (out?.held) out.dueMs = nowMs + this.#spec.ackWaitMs;
  }

  /** When something may become ready without anybody publishing. */
  nextDueMs(): number | undefined {
    const dues = [...this.#out.values()].map(({ dueMs }) => dueMs);
    return dues.length === 0 ? undefined : Math.min(...dues);
  }

  state(): ConsumerState {
    const wanted = this.#stream.messages.slice(this.#next).filter(({ subject }) => this.#asks(subject));
    const redelivered = [...this.#out.values()].filter(({ count }) => count > 1).length;
    const ackFloor = this.#out.size === 0 ? this.#next : Math.min(...this.#out.keys()) - 1;
    return { pending: wanted.length, ackPending: this.#out.size, redelivered, ackFloor };
  }

  #asks(subject: string): boolean {
    return this.#spec.filters.some((pattern) => matches(pattern, subject));
  }

  #again(nowMs: number): Ready | undefined {
    for (const [seq, out] of [...this.#out].toSorted(([a], [b]) => a - b)) {
      const message = this.#stream.messages[seq - 1];
      if (out.dueMs > nowMs || !message) continue;
      Object.assign(out, { dueMs: nowMs + this.#spec.ackWaitMs, count: out.count + 1, held: true });
      return { message, count: out.count };
    }
    return undefined;
  }

  #fresh(nowMs: number): Ready | undefined {
    for (let message = this.#stream.messages[this.#next]; message; message = this.#stream.messages[this.#next]) {
      this.#next++;
      if (!this.#asks(message.subject)) continue;
      this.#out.set(message.seq, { dueMs: nowMs + this.#spec.ackWaitMs, count: 1, held: true });
      return { message, count: 1 };
    }
    return undefined;
  }
}
