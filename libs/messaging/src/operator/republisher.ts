import { type Instant, isDomainError, kindOf, type ServiceName } from '@gts/kernel';
import { collection, type OutboxRow, type Store, type Stored } from '@gts/persistence';
import { z } from 'zod';
import type { Bus } from '../bus';
import { fault } from '../fault';
import { type Log, pause, type Scheduler } from '../ports';
import { Rounds } from '../rounds';
import { serviceContext } from '../service-context';

const LEASE = 'republish';
const LEASE_MS = 30_000;
const POLL_MS = 1000;
/** 500 a second. */
const PAGE = 50;
const BETWEEN_MS = 100;

const schema = z.strictObject({
  since: z.string(),
  until: z.string(),
  stream: z.string().nullable(),
  /** Up to where it was published again. */
  cursor: z.string().nullable(),
  sent: z.int(),
  refused: z.int(),
  state: z.enum(['running', 'done']),
});
type Republication = z.output<typeof schema>;
/** What operators asked to publish again, and how far that has come. */
export const republications = collection('republications', {
  scope: 'global',
  schema,
  indexes: { byState: { fields: ['state'] } },
  retention: [{ after: '30d', since: 'updatedAt', only: { state: ['done'] } }],
});

export type RepublisherDeps = Readonly<{
  service: ServiceName;
  store: Store;
  bus: Pick<Bus, 'publish'>;
  scheduler: Scheduler;
  log: Log;
  owner: string;
}>;

/** Publishes again what operators asked for: one replica at a time, page by page, from where the last one stopped. */
export class Republisher {
  readonly #deps: RepublisherDeps;
  readonly #rounds = new Rounds(() => this.#round());

  constructor(deps: RepublisherDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#rounds.start(this.#deps.scheduler, POLL_MS);
  }

  /** Ends after the page that it is at. */
  stop(): Promise<void> {
    return this.#rounds.stop();
  }

  async #round(): Promise<void> {
    const { store, owner, log } = this.#deps;
    try {
      const [job] = await this.#running();
      if (!job) return;
      const epoch = await store.leases.acquire(LEASE, owner, LEASE_MS);
      if (epoch === undefined) return;
      await this.#work(job, epoch);
      await store.leases.release(LEASE, owner, epoch);
    } catch (error) {
      log.warn(fault(error), 'republishing interrupted');
    }
  }

  async #running(): Promise<readonly Stored<Republication>[]> {
    const { store, service } = this.#deps;
    const rows = store.collection(republications, serviceContext(service, LEASE));
    return (await rows.query({ index: 'byState', where: { state: 'running' }, limit: 1 })).items;
  }

  async #work({ meta, ...before }: Stored<Republication>, epoch: number): Promise<void> {
    const { store, scheduler, owner, log } = this.#deps;
    let job: Republication = before;
    while (job.state === 'running' && !this.#rounds.stopped) {
      if (!(await store.leases.renew(LEASE, owner, epoch, LEASE_MS))) return;
      job = await this.#page(meta.id, job);
      await pause(scheduler, BETWEEN_MS);
    }
    const { since, until, sent, refused, state } = job;
    if (state === 'done') log.info({ job: meta.id, since, until, sent, refused }, 'republished');
  }

  async #page(id: string, job: Republication): Promise<Republication> {
    const { store, service } = this.#deps;
    const { since, until, stream, cursor } = job;
    const range = { since: since as Instant, until: until as Instant, stream: stream ?? undefined };
    const page = await store.outbox.published({ ...range, limit: PAGE, after: cursor ?? undefined });
    let refused = 0;
    for (const row of page.items) if (!(await this.#publish(row))) refused += 1;
    const next: Republication = {
      ...job,
      cursor: page.next,
      sent: job.sent + page.items.length - refused,
      refused: job.refused + refused,
      state: page.next === null ? 'done' : 'running',
    };
    await store.transaction(serviceContext(service, LEASE), (unit) => unit.collection(republications).put(id, next));
    return next;
  }

  /** False for a row that the broker will never take. @throws what is unavailable: the page is tried again */
  async #publish({ id, subject, headers, body }: OutboxRow): Promise<boolean> {
    try {
      await this.#deps.bus.publish({ subject, headers, body });
      return true;
    } catch (error) {
      if (!isDomainError(error) || kindOf(error) === 'unavailable') throw error;
      this.#deps.log.warn({ messageId: id, ...fault(error) }, 'row refused');
      return false;
    }
  }
}
