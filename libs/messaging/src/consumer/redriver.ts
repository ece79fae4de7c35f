import type { Store, Stored } from '@gts/persistence';
import type { ServiceName } from '@gts/kernel';
import { renewAfterMs } from '../leases';
import { type Log, pause, repeat, type Scheduler } from '../ports';
import { Rounds } from '../rounds';
import { serviceContext } from '../service-context';
import type { Consumer, RedriveEnd } from './deps';
import { type DeadLetter, deadLetterRows } from './rows';
import { codeOf } from './verdict';

const LEASE = 'redrive';
const POLL_MS = 1000;
/** 10 a second. */
const BETWEEN_MS = 100;
const PAGE = 50;
/** A consumer whose dependency is away is left alone for so long. */
const AWAY_MS = 5000;
const NO_CONSUMER = 'redrive refused: no consumer of this name runs here';

export type RedriverDeps = Readonly<{
  service: ServiceName;
  store: Store;
  scheduler: Scheduler;
  log: Log;
  owner: string;
  leaseMs: number;
  consumers: ReadonlyMap<string, Pick<Consumer, 'redrive'>>;
}>;

/** Takes up dead letters that an operator set to `redriving`; one replica at a time. */
export class Redriver {
  readonly #deps: RedriverDeps;
  readonly #awayUntil = new Map<string, number>();
  readonly #rounds = new Rounds(() => this.#round());
  #leased = false;

  constructor(deps: RedriverDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#rounds.start(this.#deps.scheduler, POLL_MS);
  }

  /** Ends after the message that it is at. */
  stop(): Promise<void> {
    return this.#rounds.stop();
  }

  async #round(): Promise<void> {
    const { store, owner, leaseMs, log } = this.#deps;
    try {
      const { items } = await this.#waiting();
      if (items.length === 0) return;
      const epoch = await store.leases.acquire(LEASE, owner, leaseMs);
      if (epoch === undefined) return;
      await this.#under(epoch);
      if (this.#leased) await store.leases.release(LEASE, owner, epoch);
    } catch (error) {
      log.warn({ code: codeOf(error) }, 'redrive interrupted');
    }
  }

  /** One message may run for minutes: the lease is renewed beside it. */
  async #under(epoch: number): Promise<void> {
    this.#leased = true;
    const stopRenewing = repeat(
      this.#deps.scheduler,
      () => renewAfterMs(this.#deps.leaseMs),
      () => this.#renew(epoch),
    );
    await this.#all(epoch).finally(stopRenewing);
  }

  async #renew(epoch: number): Promise<void> {
    const { store, owner, leaseMs } = this.#deps;
    if (!(await store.leases.renew(LEASE, owner, epoch, leaseMs))) this.#leased = false;
  }

  #waiting(after?: string) {
    const { store, service } = this.#deps;
    const rows = store.collection(deadLetterRows, serviceContext(service, 'redrive'));
    return rows.query({ index: 'byState', where: { state: 'redriving' }, limit: PAGE, after });
  }

  async #all(epoch: number): Promise<void> {
    let after: string | undefined;
    do {
      const { items, next } = await this.#waiting(after);
      for (const letter of items) {
        if (this.#rounds.stopped || !this.#leased) return;
        await this.#one(letter, epoch);
      }
      after = next ?? undefined;
    } while (after !== undefined);
  }

  async #one(letter: Stored<DeadLetter>, epoch: number): Promise<void> {
    const { key, consumer, messageId } = letter;
    const { scheduler, consumers, log } = this.#deps;
    if ((this.#awayUntil.get(consumer) ?? 0) > scheduler.nowMs()) return;
    await this.#renew(epoch);
    if (!this.#leased) return;
    log.info({ consumer, key, messageId }, 'redrive');
    const found: RedriveEnd = (await consumers.get(consumer)?.redrive(key)) ?? (await this.#refuse(letter));
    if (found === 'later') this.#awayUntil.set(consumer, scheduler.nowMs() + AWAY_MS);
    await pause(scheduler, BETWEEN_MS);
  }

  /** Nobody here can run it: it waits as before, and says why. */
  async #refuse({ key }: DeadLetter): Promise<RedriveEnd> {
    const { store, service } = this.#deps;
    await store.transaction(serviceContext(service, 'redrive'), async (unit) => {
      const rows = unit.collection(deadLetterRows);
      const { meta: _meta, ...row } = await rows.get(key);
      if (row.state === 'redriving') await rows.put(key, { ...row, state: 'parked', note: NO_CONSUMER });
    });
    return 'ended';
  }
}
