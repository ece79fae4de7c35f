import type { ConsumerSpec, Definition } from '@gts/contracts';
import { durationMs, epochMsOf, type Instant, type ServiceName } from '@gts/kernel';
import type { Bus } from '../bus';
import { kindOfSubscription, type Kind } from '../consumer/kind';
import { park, type ParkDeps } from '../consumer/park';
import { storedDelivery } from '../consumer/stored';
import { fault } from '../fault';
import { matches } from '../patterns';
import { pause, type Scheduler, systemScheduler } from '../ports';
import { Rounds } from '../rounds';
import { serviceContext } from '../service-context';
import { isReset } from '../stream-watch';
import type { Subscription } from '../subscription';
import { type Due, dueOf, unproven } from './proof';
import { type Position, reconciliationRows } from './rows';

const LEASE = 'reconcile';
const LEASE_MS = 60_000;
const EVERY_MS = durationMs('1h');
/** A round finds out which durables are due: an hour is theirs, not that of a process that restarts. */
const POLL_MS = durationMs('10m');
const PAGE = 100;
/** At most 200 messages a second. */
const BETWEEN_MS = 5;
const REASON = 'UNHANDLED';

export type ReconcilerOptions = ParkDeps &
  Readonly<{
    service: ServiceName;
    subscriptions: readonly Subscription[];
    catalogue: readonly Definition[];
    bus: Pick<Bus, 'info' | 'stream' | 'message'>;
    owner: string;
    scheduler?: Scheduler;
  }>;
/** One durable, in a round. */
type At = Readonly<{ kind: Kind; source: ConsumerSpec; epoch: number }>;

/**
 * Once an hour and durable, in one replica: every message that was acknowledged when it looked last must have left an
 * inbox row, a gate as high, or a dead letter. One that did not is counted, and handled by way of the dead letters.
 * Consumers of work are left out: an item that nobody wants any more is acknowledged without a trace.
 */
export class Reconciler {
  readonly #o: ReconcilerOptions;
  readonly #scheduler: Scheduler;
  readonly #kinds: readonly Kind[];
  readonly #rounds = new Rounds(() => this.round());

  constructor(options: ReconcilerOptions) {
    const { service, subscriptions, catalogue, scheduler = systemScheduler } = options;
    this.#o = options;
    this.#scheduler = scheduler;
    this.#kinds = subscriptions.flatMap((each) =>
      each.kind === 'work' ? [] : [kindOfSubscription(service, each, catalogue)],
    );
  }

  start(): void {
    this.#rounds.start(this.#scheduler, POLL_MS);
  }

  /** Ends after the message that it is at. */
  stop(): Promise<void> {
    return this.#rounds.stop();
  }

  /** Looks at every durable that is due, unless another replica does. Failures are logged, and tried again. */
  async round(): Promise<void> {
    const { store, owner, log } = this.#o;
    try {
      const epoch = await store.leases.acquire(LEASE, owner, LEASE_MS);
      if (epoch === undefined) return;
      for (const kind of this.#kinds) for (const source of kind.sources) await this.#one({ kind, source, epoch });
      await store.leases.release(LEASE, owner, epoch);
    } catch (error) {
      log.warn(fault(error), 'reconciliation interrupted');
    }
  }

  /** One durable that cannot be looked at keeps no other from it. */
  async #one(at: At): Promise<void> {
    const { durable, stream } = at.source;
    try {
      if (await this.#goesOn(at)) await this.#reconcile(at);
    } catch (error) {
      this.#o.log.warn({ consumer: durable, stream, ...fault(error) }, 'reconciliation of a consumer interrupted');
    }
  }

  async #goesOn({ epoch }: At): Promise<boolean> {
    const { store, owner } = this.#o;
    return !this.#rounds.stopped && (await store.leases.renew(LEASE, owner, epoch, LEASE_MS));
  }

  async #reconcile(at: At): Promise<void> {
    const { store, bus } = this.#o;
    const stream = await bus.stream(at.source.stream);
    if (!stream) return;
    const { ackFloor } = await bus.info(at.source);
    const before = await store.collection(reconciliationRows, this.#ctx()).find(idOf(at));
    const { created } = stream;
    const noted = { created, floor: ackFloor, notedAt: await store.now() };
    // A durable is seen from here on; in a stream that began anew it got everything.
    if (!before) return this.#save(at, { ...noted, checked: ackFloor });
    if (isReset(stateOf(before), stream)) return this.#save(at, { ...noted, checked: 0 });
    if (epochMsOf(noted.notedAt) - epochMsOf(before.notedAt as Instant) < EVERY_MS) return;
    const { meta: _meta, ...position } = before;
    if (await this.#check(at, position)) await this.#save(at, { ...noted, checked: before.floor });
  }

  /** True when everything up to the floor was looked at. */
  async #check(at: At, position: Position): Promise<boolean> {
    const { floor } = position;
    for (let checked = position.checked; checked < floor;) {
      const to = Math.min(checked + PAGE, floor);
      const due = await this.#read(at, checked, to);
      if (!(await this.#goesOn(at)) || !(await this.#judge(at, position, due))) return false;
      checked = to;
      await this.#save(at, { ...position, checked });
    }
    return true;
  }

  /** What the durable asked for of the sequences above `from`; those that are gone are nobody's any more. */
  async #read({ kind, source }: At, from: number, to: number): Promise<readonly Due[]> {
    const { stream, filters } = source;
    const found: Due[] = [];
    for (let seq = from + 1; seq <= to && !this.#rounds.stopped; seq++) {
      const message = await this.#o.bus.message(stream, seq);
      await pause(this.#scheduler, BETWEEN_MS);
      if (!message || !filters.some((filter) => matches(filter, message.subject))) continue;
      const due = dueOf(storedDelivery({ ...message, stream, seq, deliveryCount: 1 }), kind);
      if (due) found.push(due);
    }
    return found;
  }

  /** False where the stream began anew meanwhile: other messages have these sequences now. */
  async #judge({ kind, source }: At, position: Position, due: readonly Due[]): Promise<boolean> {
    const { store, bus, metrics } = this.#o;
    const missing = await store.transaction(this.#ctx(), (unit) => unproven(unit, kind, due));
    if (missing.length === 0) return true;
    const now = await bus.stream(source.stream);
    if (!now || isReset(stateOf(position), now)) return false;
    const consumer = kind.durable;
    const error = new Error('it was acknowledged, and nothing tells that it was handled');
    for (const { delivery, key } of missing) {
      await park(this.#o, { delivery, consumer, key, reason: REASON, error, state: 'redriving' });
      metrics.count('messaging_reconcile_missing_total', { consumer });
    }
    return true;
  }

  #save(at: At, position: Position): Promise<void> {
    return this.#o.store.transaction(this.#ctx(), async (unit) => {
      await unit.leases.verify(LEASE, at.epoch);
      await unit.collection(reconciliationRows).put(idOf(at), position);
    });
  }

  #ctx = () => serviceContext(this.#o.service, LEASE);
}

/** A subscription to two streams has a durable of one name on each. */
const idOf = ({ source: { stream, durable } }: At): string => `${stream}/${durable}`;
const stateOf = ({ created, floor }: Position) => ({ created, lastSeq: floor });
