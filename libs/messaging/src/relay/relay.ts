import { type Context, epochMsOf, isDomainError, type MessageId, type Probe, type ServiceName } from '@gts/kernel';
import type { NewOutboxRow, OutboxRow, Store } from '@gts/persistence';
import type { Bus } from '../bus';
import { serviceContext } from '../service-context';
import { MESSAGE_ID } from '../headers';
import { jitter, type Log, type Metrics, noLog, noMetrics, type Protection, repeat, type Scheduler } from '../ports';
import { type Failure, failureOf } from './failure';
import { Keys, type Lane } from './keys';
import { Marks } from './marks';
import { Shares } from './shares';

const TICK_MS = 1000;
const POLL_MS = 250;
const WINDOW = 512;
const MOST_KEYS = 256;
const MOST_HEADS = 16;
const KEYS_IN_FLIGHT = 64;
const HAND_OFF_BUFFER = 1024;
const STATS_MS = 5000;
const MOST_PENDING = 100_000;
const OLDEST_MS = 15 * 60_000;

export type RelayDeps = Readonly<{
  service: ServiceName;
  store: Store;
  bus: Pick<Bus, 'publish'>;
  scheduler: Scheduler;
  /** Names this process among the replicas. */
  owner: string;
  /** How long its partitions stay with it when it dies. */
  leaseMs?: number;
  metrics?: Metrics;
  log?: Log;
  probe?: Probe;
  without?: readonly Protection[];
}>;
/** How the outbox does, for readiness and backpressure. */
export type RelayHealth = Readonly<{ owner: boolean; pending: number; degraded: boolean; overloaded: boolean }>;

/** Sends committed outbox rows to their streams, each key in order, until the broker has acknowledged them. */
export class Relay {
  readonly #deps: RelayDeps;
  readonly #ctx: Context;
  readonly #keys = new Keys();
  readonly #marks: Marks;
  readonly #shares: Shares;
  readonly #ready: Lane[] = [];
  readonly #paused = new Map<string, number>();
  readonly #metrics: Metrics;
  readonly #log: Log;
  #stops: (() => void)[] = [];
  #inFlight = 0;
  #polling = false;
  /** Marked while a read was under way: that read may still show them as pending. */
  #marked: MessageId[] = [];
  #pollAgain = false;
  #stopping = false;
  #failingSince: number | undefined;
  #pending = 0;
  #oldestMs = 0;
  #idle: (() => void) | undefined;

  constructor(deps: RelayDeps) {
    this.#deps = deps;
    this.#ctx = serviceContext(deps.service, 'relay');
    this.#metrics = deps.metrics ?? noMetrics;
    this.#log = deps.log ?? noLog;
    this.#shares = new Shares({
      ...deps,
      log: this.#log,
      metrics: this.#metrics,
      gained: () => void this.poll(),
      lost: (partition) => this.#lose(partition),
      flush: () => this.#marks.flush(),
    });
    this.#marks = new Marks({
      ...deps,
      ctx: this.#ctx,
      epochs: this.#shares.epochs,
      marked: (ids) => this.#forget(ids),
      lost: (partition) => this.#shares.drop(partition),
    });
  }

  start(): void {
    this.#stops.push(this.#deps.store.onOutbox((rows) => this.#handOff(rows)));
    this.#every(
      () => TICK_MS,
      () => this.#shares.tick(),
    );
    this.#every(
      () => jitter(this.#deps.scheduler, POLL_MS),
      () => this.poll(),
    );
    this.#every(
      () => STATS_MS,
      () => this.#measure(),
    );
    void this.#shares.tick();
  }

  /** Finishes what is on its way, marks it and gives the partitions back. */
  async stop(): Promise<void> {
    this.#stopping = true;
    for (const stop of this.#stops) stop();
    if (this.#inFlight > 0) await new Promise<void>((resolve) => (this.#idle = resolve));
    await this.#marks.flush();
    await this.#shares.stop();
  }

  health(): RelayHealth {
    const failing = this.#failingSince === undefined ? 0 : this.#deps.scheduler.nowMs() - this.#failingSince;
    const overloaded = this.#pending > MOST_PENDING || this.#oldestMs > OLDEST_MS;
    return { owner: this.#shares.some, pending: this.#pending, degraded: failing > 30_000, overloaded };
  }

  /** Reads the oldest due rows, then the lowest unpublished rows of their keys: the second read decides order. */
  async poll(): Promise<void> {
    if (!this.#shares.some || this.#stopping) return;
    if (this.#polling) return void (this.#pollAgain = true);
    this.#polling = true;
    this.#pollAgain = false;
    try {
      const more = await this.#read();
      if (more && this.#ready.length < KEYS_IN_FLIGHT) this.#pollAgain = true;
    } catch (error) {
      this.#log.warn({ code: codeOf(error) }, 'outbox unreadable');
    } finally {
      this.#polling = false;
      this.#forget(this.#marked.splice(0));
    }
    if (this.#pollAgain) this.#deps.scheduler.soon(() => void this.poll());
  }

  async #read(): Promise<boolean> {
    const { store, probe } = this.#deps;
    const window = await store.outbox.window({
      partitions: [...this.#shares.epochs.keys()],
      limit: WINDOW,
      pausedStreams: this.#pausedStreams(),
      blockedKeys: this.#keys.blocked,
    });
    const fresh = window.filter(({ id, orderKey }) => !this.#keys.has(id) && !this.#keys.lanes.has(orderKey));
    const keys = [...new Set(fresh.map(({ orderKey }) => orderKey))].slice(0, MOST_KEYS);
    const heads = await this.#heads(keys, fresh);
    if (heads.size > 0) await probe?.('relay.afterRead');
    const now = epochMsOf(await store.now());
    for (const [key, rows] of heads) this.#take(key, rows, now);
    return fresh.length > 0 && window.length === WINDOW;
  }

  async #heads(
    keys: readonly string[],
    window: readonly OutboxRow[],
  ): Promise<ReadonlyMap<string, readonly OutboxRow[]>> {
    if (keys.length === 0) return new Map();
    if (!this.#deps.without?.includes('headsRead')) return this.#deps.store.outbox.heads(keys, MOST_HEADS);
    return Map.groupBy(window, ({ orderKey }) => orderKey);
  }

  /** A head that is quarantined or not due blocks its key, and only its key. */
  #take(key: string, rows: readonly OutboxRow[], now: number): void {
    const [first] = rows;
    if (this.#stopping || !first || !this.#shares.owns(first.partition) || this.#keys.lanes.has(key)) return;
    const unsent = rows.filter(({ id }) => !this.#keys.has(id));
    const stop = unsent.findIndex((row) => row.state === 'quarantined' || epochMsOf(row.nextAttemptAt) > now);
    if (unsent[0]?.state === 'quarantined') this.#keys.block(first);
    this.#enqueue(key, stop === -1 ? unsent : unsent.slice(0, stop));
  }

  #forget(ids: readonly MessageId[]): void {
    if (this.#polling) this.#marked.push(...ids);
    else this.#keys.forget(ids);
  }

  #handOff(rows: readonly NewOutboxRow[]): void {
    if (!this.#shares.some || this.#stopping) return;
    let left = 0;
    for (const row of rows) {
      if (!this.#shares.owns(row.partition)) continue;
      const free = this.#ready.length < HAND_OFF_BUFFER && !this.#paused.has(row.stream);
      if (free && !this.#keys.has(row.id) && this.#keys.follows(row)) this.#enqueue(row.orderKey, [row]);
      else left++;
    }
    if (left > 0) void this.poll();
  }

  #enqueue(key: string, rows: readonly NewOutboxRow[]): void {
    const lane = this.#keys.enqueue(key, rows);
    if (lane) this.#ready.push(lane);
    this.#fill();
  }

  #fill(): void {
    while (this.#inFlight < KEYS_IN_FLIGHT && !this.#stopping) {
      const lane = this.#ready.shift();
      if (!lane) return;
      if (this.#keys.lanes.get(lane.key) === lane) void this.#drain(lane);
    }
  }

  /** Sends a key's rows one after the other; the next only after the acknowledgement of the one before. */
  async #drain(lane: Lane): Promise<void> {
    this.#inFlight++;
    lane.sending = true;
    for (let row = lane.rows[0]; row && !this.#stopping; row = lane.rows[0]) if (!(await this.#send(lane, row))) break;
    lane.sending = false;
    this.#inFlight--;
    if (lane.rows.length === 0 && this.#keys.lanes.get(lane.key) === lane) this.#keys.lanes.delete(lane.key);
    if (this.#inFlight === 0) this.#idle?.();
    this.#fill();
    if (this.#pollAgain || this.#ready.length === 0) this.#wake();
  }

  #wake(): void {
    if (this.#pending >= WINDOW || this.#pollAgain) void this.poll();
  }

  /** Whether the next row may follow. */
  async #send(lane: Lane, row: NewOutboxRow): Promise<boolean> {
    const startMs = this.#deps.scheduler.nowMs();
    try {
      const { seq } = await this.#deps.bus.publish(this.#wire(row));
      await this.#deps.probe?.('relay.afterPublish');
      this.#metrics.observe('outbox_publish_seconds', (this.#deps.scheduler.nowMs() - startMs) / 1000);
      this.#failingSince = undefined;
      this.#acknowledged(lane, row, seq);
      return true;
    } catch (error) {
      this.#failingSince ??= startMs;
      this.#failed(lane, row, error);
      return false;
    }
  }

  #wire({ subject, headers, body }: NewOutboxRow) {
    if (!this.#deps.without?.includes('messageId')) return { subject, headers, body };
    return {
      subject,
      headers: Object.fromEntries(Object.entries(headers).filter(([key]) => key !== MESSAGE_ID)),
      body,
    };
  }

  #acknowledged(lane: Lane, row: NewOutboxRow, streamSeq: number): void {
    if (lane.rows[0] !== row) return;
    lane.rows.shift();
    lane.tries = lane.unknown = 0;
    this.#keys.published(row);
    this.#marks.add(row.partition, { id: row.id, state: 'published', streamSeq });
    this.#metrics.count('messaging_client_sent_messages_total', { destination: row.stream });
  }

  #failed(lane: Lane, row: NewOutboxRow, error: unknown): void {
    if (this.#keys.lanes.get(lane.key) !== lane) return;
    lane.tries++;
    const failure = failureOf(error);
    this.#log.warn({ messageId: row.id, code: codeOf(error), tries: lane.tries }, 'publish failed');
    if (failure.act === 'quarantine' || (failure.act === 'quarantine after' && ++lane.unknown >= failure.tries))
      return this.#quarantine(lane, row, error);
    const delay = this.#delay(lane, row, failure);
    if (lane.tries > 1) this.#persist(lane, row, { error, delay });
    this.#deps.scheduler.after(delay, () => this.#again(lane));
  }

  #delay(lane: Lane, row: NewOutboxRow, failure: Failure): number {
    if (failure.act !== 'pause stream') return this.#deps.scheduler.random() * Math.min(5000, 100 * 2 ** lane.tries);
    this.#paused.set(row.stream, this.#deps.scheduler.nowMs() + failure.ms);
    return failure.ms;
  }

  #persist(lane: Lane, row: NewOutboxRow, { error, delay }: { error: unknown; delay: number }): void {
    const mark = {
      state: 'pending',
      attempts: lane.tries,
      delayMs: Math.ceil(delay),
      lastError: codeOf(error),
    } as const;
    this.#marks.add(row.partition, { id: row.id, ...mark });
  }

  #quarantine(lane: Lane, row: NewOutboxRow, error: unknown): void {
    this.#log.error({ messageId: row.id, code: codeOf(error) }, 'outbox row quarantined');
    this.#keys.block(row);
    this.#keys.drop(lane);
    lane.rows.length = 0;
    this.#marks.add(row.partition, { id: row.id, state: 'quarantined', lastError: codeOf(error) });
  }

  #again(lane: Lane): void {
    if (this.#stopping || this.#keys.lanes.get(lane.key) !== lane) return;
    this.#ready.push(lane);
    this.#fill();
  }

  #pausedStreams(): string[] {
    const now = this.#deps.scheduler.nowMs();
    for (const [stream, until] of this.#paused) if (until <= now) this.#paused.delete(stream);
    return [...this.#paused.keys()];
  }

  #lose(partition: number): void {
    this.#keys.leave(partition);
    this.#marks.leave(partition);
    const left = this.#ready.filter((lane) => lane.partition !== partition);
    this.#ready.splice(0, this.#ready.length, ...left);
  }

  /** An operator lets quarantined rows go, in whatever process. */
  async #review(): Promise<void> {
    const keys = this.#keys.blocked.slice(0, MOST_KEYS);
    if (keys.length === 0) return;
    const heads = await this.#deps.store.outbox.heads(keys, 1);
    for (const key of keys) if (heads.get(key)?.[0]?.state !== 'quarantined') this.#keys.unblock(key);
  }

  async #measure(): Promise<void> {
    await this.#review();
    const { pending, quarantined, oldestPendingAt } = await this.#deps.store.outbox.stats();
    this.#pending = pending;
    this.#oldestMs = oldestPendingAt ? epochMsOf(await this.#deps.store.now()) - epochMsOf(oldestPendingAt) : 0;
    this.#metrics.gauge('outbox_pending_rows', pending);
    this.#metrics.gauge('outbox_quarantined_rows', quarantined);
    this.#metrics.gauge('outbox_oldest_row_age_seconds', this.#oldestMs / 1000);
  }

  #every(ms: () => number, run: () => Promise<void>): void {
    this.#stops.push(repeat(this.#deps.scheduler, ms, run));
  }
}

const codeOf = (error: unknown): string => (isDomainError(error) ? error.code : String(error));
