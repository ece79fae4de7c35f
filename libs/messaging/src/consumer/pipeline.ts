import type { Delivery } from '../bus';
import { parseMessage } from '../incoming';
import { serviceContext } from '../service-context';
import { countStart, excuse, firstFailure, rowId, startsOf } from './attempts';
import type { ConsumerDeps } from './deps';
import { type Failed, type Pausing, settleFailure } from './failures';
import { contextOf, digestOf, type Item, laneOf, messageKey } from './item';
import { hasInbox } from './inbox';
import type { Kind } from './kind';
import { park } from './park';
import type { Redriven } from './redrive-one';
import { attemptRows } from './rows';
import type { Leave } from './turns';
import { type Outcome, runUnit } from './unit';
import { isAlreadyDone, MOST_ATTEMPTS } from './verdict';
import { within } from './within';

const GAP_MS = 1000;
const LONG_GAP_MS = 30_000;
const SUSPECT_STARTS = 2;
const NOT_NOW_MS = 1000;
const CLOSED_MS = 5000;
const nothing = () => undefined;
/** Who said of a message that its effect is there. */
type Seen = Readonly<{ delivery: Delivery; digest: string; key: string }>;

export type PipelineDeps = Readonly<{
  deps: ConsumerDeps;
  kind: Kind;
  pausing: Pausing;
  /** A handler ignores its abort signal (true), or ended after all (false). */
  abandoned: (lane: string, still: boolean) => void;
  /** Whether such a handler holds a lane. */
  closed: (lane: string) => boolean;
}>;

const seen = (delivery: Delivery): Seen => {
  const digest = digestOf(delivery);
  return { delivery, digest, key: messageKey(delivery, digest) };
};

/** Steps 3 to 6 of delivery.md §6: guard, parse, one unit, acknowledge; what fails is judged alone. */
export class Pipeline {
  readonly #on: PipelineDeps;

  constructor(on: PipelineDeps) {
    this.#on = on;
  }

  /** Messages that come for the first time, in stream order. */
  async fresh(deliveries: readonly Delivery[]): Promise<void> {
    await this.#on.deps.probe?.('consumer.afterReceive');
    const items: Item[] = [];
    for (const delivery of deliveries) {
      const item = await this.#parse(seen(delivery), false);
      if (item) items.push(item);
    }
    if (items.length > 0) await this.#batch(items);
  }

  /** A message that came before: its start is counted before anything of it runs. */
  async again(delivery: Delivery): Promise<void> {
    const { deps } = this.#on;
    await deps.probe?.('consumer.afterReceive');
    deps.metrics.count('messaging_redeliveries_total', { consumer: this.#on.kind.durable });
    const message = seen(delivery);
    const turn = await this.#turn(message);
    if (!turn) return delivery.nak(NOT_NOW_MS);
    try {
      if (!deps.without.includes('guard') && !(await this.#guard(message))) return;
      await deps.probe?.('consumer.afterGuard');
      const item = await this.#parse(message, true);
      if (item) await (this.#on.closed(laneOf(item)) ? this.#behindClosed(item) : this.#alone(item));
    } catch (error) {
      return this.#fail({ ...message, guarded: false, error });
    } finally {
      turn();
    }
  }

  /** A handler of its lane still runs although it was given up: beside that nothing of the lane may start. */
  async #behindClosed({ delivery, key }: Item): Promise<void> {
    const { deps, kind } = this.#on;
    await uncount(deps, kind.durable, key);
    delivery.nak(CLOSED_MS);
  }

  /** One that was started twice without an end may be a killer: it runs when no long work is at stake. */
  async #turn({ key }: Seen): Promise<Leave | undefined> {
    const { deps, kind } = this.#on;
    const ctx = serviceContext(deps.service, 'guard');
    const row = await deps.store.collection(attemptRows, ctx).find(rowId({ consumer: kind.durable, key }));
    return startsOf(row) < SUSPECT_STARTS ? nothing : deps.turns.aloneNow(`${kind.durable}/${key}`);
  }

  /** Runs a parked message once more. @throws whatever it fails with */
  async redrive(delivery: Delivery): Promise<Redriven> {
    const message = seen(delivery);
    const parsed = parseMessage(delivery, this.#on.kind.asked);
    if (!parsed) return 'unwanted';
    const base = { ...message, parsed, guarded: true, redriving: true, prepared: undefined };
    const item = { ...base, prepared: await this.#prepare(base) };
    const [outcome] = await runUnit(this.#on.deps, this.#on.kind, [item]);
    return outcome === 'gap' || outcome === 'long gap' ? 'waits' : 'done';
  }

  async #guard({ delivery, key }: Seen): Promise<boolean> {
    const { deps, kind } = this.#on;
    const at = { consumer: kind.durable, key };
    const ctx = serviceContext(deps.service, 'guard');
    const goOn = await deps.store.transaction(ctx, async (unit) => ({
      counted: await countStart(unit, at, MOST_ATTEMPTS),
      since: await firstFailure(unit, at),
    }));
    if (goOn.counted) return true;
    const error = new Error(`started ${MOST_ATTEMPTS} times since ${goOn.since ?? 'unknown'} without an end`);
    await park(deps, { delivery, consumer: kind.durable, key, reason: 'ATTEMPTS_EXHAUSTED', error });
    delivery.ack();
    return false;
  }

  async #parse(message: Seen, guarded: boolean): Promise<Item | undefined> {
    try {
      const parsed = parseMessage(message.delivery, this.#on.kind.asked);
      if (parsed) return { ...message, parsed, guarded, redriving: false, prepared: undefined };
      message.delivery.ack();
    } catch (error) {
      await this.#fail({ ...message, guarded, error });
    }
    return undefined;
  }

  async #batch(items: readonly Item[]): Promise<void> {
    const { deps, kind } = this.#on;
    deps.metrics.observe('messaging_batch_size', items.length, { consumer: kind.durable });
    const [only] = items;
    if (items.length === 1 && only) return this.#alone(only);
    try {
      this.#ackFirst(items);
      const outcomes = await runUnit(deps, kind, items);
      await this.#settle(items, outcomes);
    } catch {
      deps.metrics.count('messaging_batch_redo_total', { consumer: kind.durable });
      for (const item of items) await this.#alone(item);
    }
  }

  async #alone(item: Item): Promise<void> {
    try {
      this.#ackFirst([item]);
      const prepared = await this.#prepare(item);
      await this.#settle([item], await runUnit(this.#on.deps, this.#on.kind, [{ ...item, prepared }]));
    } catch (error) {
      // Another process, or an earlier copy in this batch, had the effect in between.
      if (this.#on.kind.inbox && isAlreadyDone(error) && (await hasInbox(this.#on.deps, this.#on.kind.durable, item)))
        return item.delivery.ack();
      await this.#fail({ ...item, error });
    }
  }

  #prepare(item: Item): Promise<unknown> {
    const { kind, deps, abandoned } = this.#on;
    const { prepare, timeoutMs } = kind;
    if (!prepare) return Promise.resolve();
    const signal = new AbortController();
    const deadline = deps.clock.epochMs() + timeoutMs;
    const ctx = contextOf(item, { deadline, signal: signal.signal });
    return within({
      scheduler: deps.scheduler,
      ms: timeoutMs,
      name: kind.durable,
      signal,
      work: () => prepare(item.parsed.message, ctx),
      abandoned: (still) => abandoned(laneOf(item), still),
    });
  }

  #ackFirst(items: readonly Item[]): void {
    if (this.#on.deps.without.includes('ackAfterCommit')) for (const { delivery } of items) delivery.ack();
  }

  async #settle(items: readonly Item[], outcomes: readonly Outcome[]): Promise<void> {
    const { deps, kind } = this.#on;
    const consumer = kind.durable;
    for (const [at, { delivery }] of items.entries()) {
      const outcome = outcomes[at] ?? 'applied';
      if (outcome === 'gap' || outcome === 'long gap') delivery.nak(outcome === 'gap' ? GAP_MS : LONG_GAP_MS);
      else delivery.ack();
      if (outcome === 'already') deps.metrics.count('messaging_inbox_duplicates_total', { consumer });
      if (kind.gate) deps.metrics.count('messaging_gate_results_total', { result: outcome });
    }
    deps.metrics.count('messaging_client_consumed_messages_total', { consumer, error_type: '' }, items.length);
    await deps.probe?.('consumer.afterAck');
  }

  async #fail(failed: Omit<Failed, 'consumer'>): Promise<void> {
    const { deps, kind, pausing } = this.#on;
    try {
      await settleFailure(deps, { ...failed, consumer: kind.durable }, pausing);
    } catch {
      // The store is away: nothing was counted, nothing is lost.
      pausing('store');
      failed.delivery.nak(5000);
    }
  }
}

/** Takes a counted start back where an obstacle lay outside the message. */
const uncount = async (deps: ConsumerDeps, consumer: string, key: string): Promise<void> => {
  const ctx = serviceContext(deps.service, 'redrive');
  await deps.store.transaction(ctx, (unit) => excuse(unit, { consumer, key }, true));
};
