import type { Delivery, Pull } from '../bus';
import { jitter, repeat } from '../ports';
import { fault } from '../fault';
import type { Consumer, ConsumerDeps, ConsumerStateName, RedriveEnd } from './deps';
import { redriveOne } from './redrive-one';
import { parseMessage } from '../incoming';
import type { Kind } from './kind';
import { Pipeline } from './pipeline';

/** Signs of life within the broker's patience. */
const SIGNS = 3;
const INFO_MS = 5000;
const FIRST_PROBE_MS = 5000;
const LONGEST_PROBE_MS = 60_000;
const PAUSED_NAK_MS = 5000;
const MOST_ABANDONED = 3;

/** Consumes the streams of one subscription: pulls, keeps lanes apart, pauses, stops without leaving anything. */
export class StreamConsumer implements Consumer {
  readonly durable: string;
  readonly #deps: ConsumerDeps;
  readonly #kind: Kind;
  readonly #pipeline: Pipeline;
  readonly #buffer: Delivery[] = [];
  readonly #running = new Map<Delivery, number>();
  readonly #lanes = new Set<string>();
  readonly #closed = new Set<string>();
  #pulls: Pull[] = [];
  #stops: (() => void)[] = [];
  #state: ConsumerStateName = 'stopped';
  #jobs = 0;
  #turning = false;
  #probeMs = FIRST_PROBE_MS;
  #idle: (() => void) | undefined;

  constructor(deps: ConsumerDeps, kind: Kind) {
    this.#deps = deps;
    this.#kind = kind;
    this.durable = kind.durable;
    const abandoned = (lane: string, still: boolean) => void (still ? this.#closed.add(lane) : this.#reopen(lane));
    const closed = (lane: string) => this.#closed.has(lane);
    const pausing = (dependency: string) => this.#pause(dependency);
    this.#pipeline = new Pipeline({ deps, kind, pausing, abandoned, closed });
  }

  state(): ConsumerStateName {
    return this.#state;
  }

  live(): boolean {
    return this.#closed.size <= MOST_ABANDONED;
  }

  start(): void {
    this.#stops = [
      repeat(
        this.#deps.scheduler,
        () => this.#deps.ackWaitMs / SIGNS,
        () => this.#heartbeat(),
      ),
      repeat(
        this.#deps.scheduler,
        () => INFO_MS,
        () => this.#watch(),
      ),
    ];
    this.#run();
  }

  async stop(graceMs: number): Promise<void> {
    this.#enter('stopping');
    for (const stop of this.#stops) stop();
    const stopped = Promise.all(this.#pulls.map((pull) => pull.stop()));
    this.#handBack();
    await stopped;
    this.#handBack();
    await this.#deps.probe?.('shutdown.midDrain');
    if (this.#jobs > 0) await this.#settled(graceMs);
    for (const delivery of this.#running.keys()) delivery.nak();
    this.#enter('stopped');
  }

  redrive(key: string): Promise<RedriveEnd> {
    const run = (delivery: Delivery) => this.#pipeline.redrive(delivery);
    return redriveOne(this.#deps, { consumer: this.durable, key }, { run });
  }

  #settled(graceMs: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#deps.scheduler.after(graceMs, resolve);
      this.#idle = () => {
        cancel();
        resolve();
      };
    });
  }

  #enter(state: ConsumerStateName): void {
    const { metrics } = this.#deps;
    metrics.gauge('messaging_consumer_state', 0, { consumer: this.durable, state: this.#state });
    this.#state = state;
    metrics.gauge('messaging_consumer_state', 1, { consumer: this.durable, state });
  }

  #run(): void {
    this.#enter('running');
    const maxMessages = this.#kind.batch > 1 ? 2 * this.#kind.batch : 2 * this.#kind.slots;
    const problem = (what: string) => this.#deps.log.debug({ consumer: this.durable, what }, 'pull failed');
    const onMessage = (delivery: Delivery) => this.#received(delivery);
    this.#pulls = this.#kind.sources.map(({ stream, durable }) =>
      this.#deps.bus.consume({ stream, durable, maxMessages, onMessage, onProblem: problem }),
    );
  }

  #received(delivery: Delivery): void {
    if (this.#state !== 'running') return delivery.nak(this.#state === 'paused' ? PAUSED_NAK_MS : undefined);
    this.#buffer.push(delivery);
    this.#turnSoon();
  }

  #turnSoon(): void {
    if (this.#turning) return;
    this.#turning = true;
    this.#deps.scheduler.soon(() => {
      this.#turning = false;
      this.#turn();
    });
  }

  #turn(): void {
    while (this.#jobs < this.#kind.slots && this.#state === 'running') {
      const job = this.#take();
      if (!job) return;
      void this.#work(job.deliveries, job.lane);
    }
  }

  /** The next redelivered message alone, or what waits in front of one, up to a batch. */
  #take(): { deliveries: Delivery[]; lane: string | undefined } | undefined {
    if (this.#kind.slots > 1) return this.#takeLane();
    const [first] = this.#buffer;
    if (!first) return undefined;
    const stop = this.#buffer.findIndex(({ deliveryCount }) => deliveryCount > 1);
    const fresh = stop === -1 ? this.#buffer.length : stop;
    const count = Math.max(1, Math.min(fresh, this.#kind.batch));
    return { deliveries: this.#buffer.splice(0, count), lane: undefined };
  }

  #takeLane(): { deliveries: Delivery[]; lane: string } | undefined {
    for (const [at, delivery] of this.#buffer.entries()) {
      const lane = this.#laneOf(delivery);
      if (this.#closed.has(lane)) {
        this.#buffer.splice(at, 1);
        delivery.nak(PAUSED_NAK_MS);
        return this.#takeLane();
      }
      if (this.#lanes.has(lane)) continue;
      this.#buffer.splice(at, 1);
      return { deliveries: [delivery], lane };
    }
    return undefined;
  }

  #laneOf(delivery: Delivery): string {
    const own = `${delivery.stream}#${delivery.seq}`;
    // A message that came before may have killed its process: nothing of it is read before the guard.
    if (delivery.deliveryCount > 1) return own;
    try {
      const message = parseMessage(delivery, this.#kind.asked)?.message;
      return message?.saga?.id ?? message?.aggregate?.id ?? own;
    } catch {
      return own;
    }
  }

  async #work(deliveries: Delivery[], lane: string | undefined): Promise<void> {
    this.#jobs++;
    const startMs = this.#deps.scheduler.nowMs();
    for (const delivery of deliveries) this.#running.set(delivery, startMs);
    if (lane !== undefined) this.#lanes.add(lane);
    await this.#pass(deliveries);
    for (const delivery of deliveries) this.#running.delete(delivery);
    if (lane !== undefined) this.#lanes.delete(lane);
    this.#jobs--;
    const seconds = (this.#deps.scheduler.nowMs() - startMs) / 1000;
    this.#deps.metrics.observe('messaging_process_duration_seconds', seconds, { consumer: this.durable });
    if (this.#jobs === 0) this.#idle?.();
    if (this.#buffer.length > 0) this.#turnSoon();
  }

  async #pass(deliveries: Delivery[]): Promise<void> {
    const [first] = deliveries;
    if (!first) return;
    try {
      await (first.deliveryCount > 1 ? this.#pipeline.again(first) : this.#pipeline.fresh(deliveries));
    } catch (error) {
      this.#deps.log.error({ consumer: this.durable, ...fault(error) }, 'consumer failed outside a handler');
      for (const delivery of deliveries) delivery.nak(PAUSED_NAK_MS);
    }
  }

  #handBack(delayMs?: number): void {
    for (const delivery of this.#buffer.splice(0)) delivery.nak(delayMs);
  }

  #reopen(lane: string): void {
    this.#closed.delete(lane);
    this.#turnSoon();
  }

  #heartbeat(): void {
    const now = this.#deps.scheduler.nowMs();
    for (const delivery of this.#buffer) delivery.working();
    for (const [delivery, since] of this.#running) if (now - since <= this.#kind.timeoutMs) delivery.working();
  }

  /** A delayed nak keeps its slot: a broad failure would stall the consumer silently. */
  async #watch(): Promise<void> {
    if (this.#state !== 'running') return;
    for (const source of this.#kind.sources) {
      const info = await this.#deps.bus.info(source).catch(() => undefined);
      if (info) this.#deps.metrics.gauge('messaging_delayed_messages', info.redelivered, { consumer: this.durable });
      if (info && info.redelivered > source.maxAckPending / 2) return this.#pause('redeliveries');
    }
  }

  #pause(dependency: string): void {
    if (this.#state !== 'running') return;
    this.#deps.log.warn({ consumer: this.durable, dependency }, 'consumer paused');
    this.#enter('paused');
    for (const pull of this.#pulls) void pull.stop();
    this.#handBack(PAUSED_NAK_MS);
    this.#probeMs = FIRST_PROBE_MS;
    this.#probeLater();
  }

  #probeLater(): void {
    this.#deps.scheduler.after(jitter(this.#deps.scheduler, this.#probeMs), () => void this.#probe());
    this.#probeMs = Math.min(LONGEST_PROBE_MS, 2 * this.#probeMs);
  }

  /** Runs exactly one message; going well, all go on. */
  async #probe(): Promise<void> {
    if (this.#state !== 'paused') return;
    this.#enter('probing');
    if (await this.#tryOne()) {
      this.#deps.log.info({ consumer: this.durable }, 'consumer resumed');
      if (this.#probing()) this.#run();
    } else if (this.#probing()) {
      this.#enter('paused');
      this.#probeLater();
    }
  }

  #probing(): boolean {
    return this.#state === 'probing';
  }

  async #tryOne(): Promise<boolean> {
    try {
      await this.#deps.store.now();
      for (const source of this.#kind.sources) {
        const delivery = await this.#deps.bus.next(source, { expiresMs: 1000 });
        if (!delivery) continue;
        let failed = false;
        const watched: Delivery = { ...delivery, nak: (ms) => ((failed = true), delivery.nak(ms)) };
        await this.#work([watched], undefined);
        return !failed;
      }
      return true;
    } catch {
      return false;
    }
  }
}
