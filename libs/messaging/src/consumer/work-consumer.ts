import { durationMs, hasCode, isDomainError, kindOf } from '@gts/kernel';
import { storeErrors, type Unit } from '@gts/persistence';
import type { ConsumerSpec } from '@gts/contracts';
import { filterOf } from '@gts/contracts';
import type { Delivery } from '../bus';
import { busErrors } from '../errors';
import { fault, reasonOf } from '../fault';
import { type Asked, parseMessage, Unfit } from '../incoming';
import { jitter, pause, repeat } from '../ports';
import { serviceContext } from '../service-context';
import type { WorkItem, WorkSubscription } from '../subscription';
import type { Consumer, ConsumerDeps, ConsumerStateName, RedriveEnd } from './deps';
import { settleFailure } from './failures';
import { contextOf, digestOf, fieldsOf, type Item, messageKey, spanOf } from './item';
import { hasInbox } from './inbox';
import { askedOf, sourcesOf } from './kind';
import { park } from './park';
import { type Redriven, redriveOne } from './redrive-one';
import { delayAfter } from './verdict';
import { untilAborted } from './within';

const EXPIRES_MS = 5000;
/** Signs of life within the broker's patience. */
const SIGNS = 3;
const STORE_AWAY_MS = 5000;

type Claimed = Readonly<{ attempt: number; claim: unknown }>;
type Held = Readonly<{ item: Item; work: WorkItem }>;
const final = new Set(['invalid', 'unauthenticated', 'forbidden', 'rule-violated']);

/** Runs long work: one message per idle worker, held while the work moves, claimed in the item's own row. */
export class WorkConsumer implements Consumer {
  readonly durable: string;
  readonly #deps: ConsumerDeps;
  readonly #subscription: WorkSubscription;
  readonly #source: ConsumerSpec;
  readonly #asked: Asked;
  readonly #stopping = new AbortController();
  /** Aborted when the grace of a shutdown is over: running work is handed back. */
  readonly #hardStop = new AbortController();
  #loops: Promise<void>[] = [];
  #state: ConsumerStateName = 'stopped';

  constructor(deps: ConsumerDeps, subscription: WorkSubscription) {
    const [source] = sourcesOf(deps.service, subscription);
    if (!source) throw new Error(`${subscription.name} has no items`);
    this.#deps = deps;
    this.#subscription = subscription;
    this.#source = source;
    this.#asked = askedOf(subscription, deps.catalogue);
    this.durable = source.durable;
  }

  get #remembers(): boolean {
    return !this.#deps.without.includes('workInbox');
  }

  state = (): ConsumerStateName => this.#state;
  live = (): boolean => true;

  start(): void {
    this.#state = 'running';
    this.#loops = Array.from({ length: this.#subscription.concurrency }, () => this.#loop());
  }

  async stop(graceMs: number): Promise<void> {
    this.#state = 'stopping';
    this.#stopping.abort();
    const cancel = this.#deps.scheduler.after(graceMs, () => this.#hardStop.abort());
    await Promise.all(this.#loops);
    cancel();
    this.#state = 'stopped';
  }

  redrive(key: string): Promise<RedriveEnd> {
    return redriveOne(
      this.#deps,
      { consumer: this.durable, key },
      {
        run: (delivery) => this.#rerun(delivery),
        parked: async (unit, delivery, error) => {
          // What cannot be read was never begun; what was begun and is parked has its failure outcome.
          if (error instanceof Unfit) return;
          const held = this.#held(delivery);
          if (held) await this.#giveUp(unit, held, error);
        },
      },
    );
  }

  async #rerun(delivery: Delivery): Promise<Redriven> {
    if (this.#stopping.signal.aborted) return 'later';
    const held = this.#held(delivery);
    if (!held) return 'unwanted';
    const claimed = await this.#claim(held, true);
    if (claimed === 'done') return 'done';
    if (claimed === 'skip') return 'unwanted';
    try {
      await this.#finish(held, claimed);
    } catch (error) {
      if (await this.#isDone(held)) return 'done';
      if (this.#stopping.signal.aborted) return 'later';
      if (!final.has(kindOf(error))) throw error;
      await this.#refused(held, error);
    }
    return 'done';
  }

  /** Whatever failed: another process completed it, or only what came after its commit went wrong. */
  #isDone({ item }: Held): Promise<boolean> {
    return hasInbox(this.#deps, this.durable, item);
  }

  async #loop(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        const delivery = await this.#deps.bus.next(this.#source, { expiresMs: EXPIRES_MS, signal });
        if (delivery) await this.#take(delivery);
      } catch {
        await pause(this.#deps.scheduler, jitter(this.#deps.scheduler, 1000));
      }
    }
  }

  #held(delivery: Delivery): Held | undefined {
    const parsed = parseMessage(delivery, this.#asked);
    const work = this.#subscription.items.find(({ def }) => def.type === parsed?.message.type);
    if (!parsed || !work) return undefined;
    const digest = digestOf(delivery);
    const key = messageKey(delivery, digest);
    return { item: { delivery, digest, key, parsed, guarded: false, redriving: false, prepared: undefined }, work };
  }

  async #take(delivery: Delivery): Promise<void> {
    await this.#deps.probe?.('consumer.afterReceive');
    if (this.#stopping.signal.aborted) return delivery.nak();
    let held: Held | undefined;
    try {
      held = this.#held(delivery);
      if (!held) return delivery.ack();
      await this.#process(held);
    } catch (error) {
      await this.#failed(delivery, error);
    }
  }

  /** A redelivered item may have killed its process: alone, its next crash costs no other item an attempt. */
  async #process(held: Held): Promise<void> {
    const { delivery } = held.item;
    const { turns, scheduler, ackWaitMs } = this.#deps;
    const stopWaiting = repeat(
      scheduler,
      () => ackWaitMs / SIGNS,
      () => delivery.working(),
    );
    const leave = await (delivery.deliveryCount > 1 ? turns.alone() : turns.together()).finally(stopWaiting);
    try {
      await (this.#stopping.signal.aborted ? delivery.nak() : this.#inTurn(held));
    } finally {
      leave();
    }
  }

  async #inTurn(held: Held): Promise<void> {
    const { delivery } = held.item;
    const claimed = await this.#claim(held);
    if (claimed === 'skip' || claimed === 'done') return delivery.ack();
    await this.#deps.probe?.('consumer.afterGuard');
    const spent = claimed.attempt > held.work.maxAttempts && !this.#deps.without.includes('workAttempts');
    if (spent) return this.#spent(held, new Error('its worker died each time'));
    try {
      await this.#finish(held, claimed);
      delivery.ack();
      await this.#deps.probe?.('consumer.afterAck');
    } catch (error) {
      await this.#judge(held, claimed, error);
    }
  }

  /** One unit: done before, wanted no more, or attempt + 1 in the item's row before anything runs. */
  #claim({ item, work }: Held, again = false): Promise<Claimed | 'skip' | 'done'> {
    const { store, owner, service, clock } = this.#deps;
    const { message } = item.parsed;
    return store.transaction(serviceContext(service, this.#subscription.name), async (unit) => {
      if (this.#remembers) {
        const seen = await unit.inbox.seen(this.durable, [message.id]);
        if (seen.has(message.id)) return 'done';
      }
      const ctx = contextOf(item, { deadline: clock.epochMs() + STORE_AWAY_MS });
      const inner = unit.with(ctx).ctx;
      const claimed = await work.claim(message, inner, owner);
      if (claimed !== 'skip' || !again || !(await work.reopen?.(message, inner))) return claimed;
      return work.claim(message, inner, owner);
    });
  }

  async #finish(held: Held, claimed: Claimed): Promise<void> {
    const { item, work } = held;
    const { tracer, probe, log } = this.#deps;
    await tracer(`process ${filterOf(work.def)}`, spanOf(item, this.durable), async (traceparent) => {
      const traced = { ...held, item: { ...item, traceparent } };
      const result = await this.#run(traced, claimed.claim);
      await this.#complete(traced, async (ctx) => work.complete(item.parsed.message, ctx, result, claimed.claim));
      log.debug(fieldsOf(item, this.durable), 'work done');
    });
    await probe?.('consumer.afterCommit');
  }

  async #run({ item, work }: Held, claim: unknown): Promise<unknown> {
    const { scheduler, clock, ackWaitMs } = this.#deps;
    const most = durationMs(this.#subscription.maxDuration);
    const own = new AbortController();
    const signal = AbortSignal.any([own.signal, this.#hardStop.signal]);
    let moved = true;
    const stopHeartbeat = repeat(
      scheduler,
      () => ackWaitMs / SIGNS,
      () => {
        // Work that stands still keeps nothing: its message comes again and another worker tries.
        if (moved) item.delivery.working();
        moved = false;
      },
    );
    const stopLimit = scheduler.after(most, () => own.abort());
    const ctx = contextOf(item, { deadline: clock.epochMs() + most, signal });
    try {
      const run = work.run(item.parsed.message, ctx, { claim, signal, moved: () => void (moved = true) });
      return await untilAborted(run, signal, this.durable);
    } finally {
      stopHeartbeat();
      stopLimit();
    }
  }

  /** Inbox row, result and outgoing messages in one unit. */
  async #complete({ item }: Held, effect: (ctx: ReturnType<typeof contextOf>) => Promise<void>): Promise<void> {
    const { store, service, clock } = this.#deps;
    const { message } = item.parsed;
    await store.transaction(serviceContext(service, this.#subscription.name), async (unit) => {
      if (this.#remembers) await unit.inbox.insert(this.durable, message.id, item.digest);
      const ctx = contextOf(item, { deadline: clock.epochMs() + STORE_AWAY_MS });
      await effect(unit.with(ctx).ctx);
      await this.#deps.probe?.('consumer.afterApply');
    });
  }

  async #judge(held: Held, { attempt }: Claimed, error: unknown): Promise<void> {
    const { item, work } = held;
    const { delivery, parsed } = item;
    // A newer attempt holds the message now: its acknowledgement is not ours to give.
    if (hasCode(error, busErrors.FENCED.code) || (isDomainError(error) && error.code.endsWith('.FENCED'))) return;
    if (await this.#isDone(held)) return delivery.ack();
    this.#deps.log.warn(
      { consumer: this.durable, type: parsed.message.type, messageId: parsed.message.id, attempt, ...fault(error) },
      'work failed',
    );
    if (this.#hardStop.signal.aborted) return delivery.nak();
    if (final.has(kindOf(error))) return this.#refused(held, error);
    // What fails while this process stops may fail because it stops: the next process tries, also the last time.
    if (this.#stopping.signal.aborted) return delivery.nak();
    if (attempt >= work.maxAttempts) return this.#spent(held, error);
    // Work is dear: it waits 5 and 30 s where a short handler waits 1 and 5.
    delivery.nak(jitter(this.#deps.scheduler, delayAfter(attempt + 1)));
  }

  /** A refusal is an outcome: said once, not parked. */
  async #refused(held: Held, error: unknown): Promise<void> {
    const { item, work } = held;
    await this.#complete(held, (ctx) => work.giveUp(item.parsed.message, ctx, reasonOf(error)));
    item.delivery.ack();
  }

  async #spent(held: Held, error: unknown): Promise<void> {
    const { delivery, key } = held.item;
    await park(this.#deps, {
      delivery,
      consumer: this.durable,
      key,
      reason: 'ATTEMPTS_EXHAUSTED',
      error,
      also: (unit) => this.#giveUp(unit, held, error),
    });
    delivery.ack();
  }

  #giveUp(unit: Unit, { item, work }: Held, error: unknown): Promise<void> {
    const ctx = contextOf(item, { deadline: this.#deps.clock.epochMs() + STORE_AWAY_MS });
    return work.giveUp(item.parsed.message, unit.with(ctx).ctx, reasonOf(error));
  }

  /** Before the claim, or in settling: what is unavailable costs the message nothing. */
  async #failed(delivery: Delivery, error: unknown): Promise<void> {
    if (kindOf(error) === 'unavailable' || hasCode(error, storeErrors.VERSION_CONFLICT.code))
      return delivery.nak(jitter(this.#deps.scheduler, STORE_AWAY_MS));
    const key = messageKey(delivery, digestOf(delivery));
    const failed = { delivery, consumer: this.durable, key, guarded: false, error };
    await settleFailure(this.#deps, failed, () => undefined).catch(() => delivery.nak(STORE_AWAY_MS));
  }
}
