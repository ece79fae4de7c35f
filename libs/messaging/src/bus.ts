/** One message as the broker hands it out. Exactly one of ack and nak ends it; neither waits for the broker. */
export interface Delivery {
  readonly stream: string;
  readonly seq: number;
  readonly subject: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** 1 the first time. Prefetched innocents and excused naks raise it too, so it only says "look". */
  readonly deliveryCount: number;
  ack(): void;
  /** Comes again after the delay. */
  nak(delayMs?: number): void;
  /** Restarts the broker's ack wait. */
  working(): void;
}

export type BusMessage = Readonly<{
  subject: string;
  headers: Readonly<Record<string, string>>;
  body: Uint8Array;
}>;
export type PubAck = Readonly<{ stream: string; seq: number; duplicate: boolean }>;

export type ConsumerRef = Readonly<{ stream: string; durable: string }>;
export type ConsumeOptions = ConsumerRef &
  Readonly<{
    /** Most messages that are handed out and not yet settled. */
    maxMessages: number;
    onMessage: (delivery: Delivery) => void;
    onProblem?: (what: string) => void;
  }>;
/** A running pull. `stop` asks for nothing more; what still arrives is handed back to the broker at once. */
export interface Pull {
  stop(): Promise<void>;
}
export type ConsumerState = Readonly<{
  /** Not delivered yet. */
  pending: number;
  ackPending: number;
  redelivered: number;
  /** Highest stream sequence below which all is acknowledged. */
  ackFloor: number;
}>;

/** What tells a stream from another one of the same name. */
export type StreamState = Readonly<{
  /** When the stream was made: another one after it was deleted and made anew. */
  created: string;
  /** Sequence of its newest message, also one that is gone; 0 before the first. */
  lastSeq: number;
  /** How full it is, 0..1 of its limit; absent without one. */
  filled?: number;
}>;

/** Streams as this library uses them; NATS and memory adapters pass `busContract`. */
export interface Bus {
  /**
   * Resolves once the stream has stored it.
   * @throws BUS.DISCONNECTED, BUS.PUBLISH_TIMEOUT (outcome unknown), BUS.PUBLISH_REJECTED (details.errCode),
   *   BUS.NO_RESPONDERS, BUS.PUBLISHER_OVERLOADED, BUS.PAYLOAD_TOO_LARGE, BUS.PERMISSION_DENIED
   */
  publish(message: BusMessage): Promise<PubAck>;
  consume(options: ConsumeOptions): Pull;
  /** At most one message; nothing when none came in `expiresMs` or `signal` fired. */
  next(ref: ConsumerRef, options: { expiresMs: number; signal?: AbortSignal }): Promise<Delivery | undefined>;
  info(ref: ConsumerRef): Promise<ConsumerState>;
  /** Undefined where the broker does not have it. */
  stream(name: string): Promise<StreamState | undefined>;
  /** One message of a stream as it was stored; undefined where it is gone. */
  message(stream: string, seq: number): Promise<BusMessage | undefined>;
}
