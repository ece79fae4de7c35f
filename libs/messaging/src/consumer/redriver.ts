import type { Store } from '@gts/persistence';
import type { ServiceName } from '@gts/kernel';
import { type Cancel, type Log, pause, repeat, type Scheduler } from '../ports';
import { serviceContext } from '../service-context';
import type { Consumer } from './deps';
import { deadLetterRows } from './rows';
import { codeOf } from './verdict';

const LEASE = 'redrive';
const LEASE_MS = 30_000;
const POLL_MS = 1000;
/** 10 a second. */
const BETWEEN_MS = 100;
const PAGE = 50;

export type RedriverDeps = Readonly<{
  service: ServiceName;
  store: Store;
  scheduler: Scheduler;
  log: Log;
  owner: string;
  consumers: ReadonlyMap<string, Consumer>;
}>;

/** Takes up dead letters that an operator set to `redriving`; one replica at a time. */
export class Redriver {
  readonly #deps: RedriverDeps;
  #cancel: Cancel = () => undefined;
  #stopped = false;
  #current: Promise<void> = Promise.resolve();

  constructor(deps: RedriverDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#cancel = repeat(
      this.#deps.scheduler,
      () => POLL_MS,
      () => (this.#current = this.#round()),
    );
  }

  /** Ends after the message that it is at. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel();
    await this.#current;
  }

  async #round(): Promise<void> {
    const { store, owner, log } = this.#deps;
    try {
      if (!(await this.#waiting())[0]) return;
      const epoch = await store.leases.acquire(LEASE, owner, LEASE_MS);
      if (epoch === undefined) return;
      await this.#all();
      await store.leases.release(LEASE, owner, epoch);
    } catch (error) {
      log.warn({ code: codeOf(error) }, 'redrive interrupted');
    }
  }

  async #waiting() {
    const { store, service } = this.#deps;
    const rows = store.collection(deadLetterRows, serviceContext(service, 'redrive'));
    const page = await rows.query({ index: 'byState', where: { state: 'redriving' }, limit: PAGE });
    return page.items;
  }

  async #all(): Promise<void> {
    for (const { key, consumer } of await this.#waiting()) {
      if (this.#stopped) return;
      this.#deps.log.info({ consumer, key }, 'redrive');
      await this.#deps.consumers.get(consumer)?.redrive(key);
      await pause(this.#deps.scheduler, BETWEEN_MS);
    }
  }
}
