import type { DataOf, OperatorVerbs } from '@gts/contracts';
import type { Context } from '@gts/kernel';
import type { OutboxRow, Store } from '@gts/persistence';
import type { Bus } from '../bus';
import { type Log, pause, type Scheduler } from '../ports';

const PAGE = 200;
/** 500 a second. */
const PER_PAUSE = 50;
const PAUSE_MS = 100;

export type OutboxDeps = Readonly<{ store: Store; bus: Pick<Bus, 'publish'>; log: Log; scheduler: Scheduler }>;
type Republish = DataOf<OperatorVerbs['RepublishOutbox']>;

const viewOf = ({ id, stream, subject, orderKey, orderSeq, state, attempts, lastError, createdAt }: OutboxRow) => ({
  id,
  stream,
  subject,
  orderKey,
  orderSeq,
  state,
  attempts,
  createdAt,
  lastError: lastError ?? null,
});

const list =
  ({ store }: OutboxDeps) =>
  async ({ state, limit, cursor }: DataOf<OperatorVerbs['ListOutbox']>) => {
    const page = await store.outbox.list({ state, limit, after: cursor });
    const { pending, quarantined, oldestPendingAt } = await store.outbox.stats();
    return {
      items: page.items.map(viewOf),
      next: page.next,
      pending,
      quarantined,
      oldestPendingAt: oldestPendingAt ?? null,
    };
  };

async function publishedSince({ store }: OutboxDeps, { since, stream }: Republish): Promise<OutboxRow[]> {
  const rows: OutboxRow[] = [];
  let after: string | undefined;
  do {
    const page = await store.outbox.list({ state: 'published', limit: PAGE, after });
    rows.push(...page.items.filter((row) => (row.publishedAt ?? '') >= since && (stream ?? row.stream) === row.stream));
    after = page.next ?? undefined;
  } while (after !== undefined);
  return rows.toSorted((a, b) =>
    a.orderKey < b.orderKey ? -1 : a.orderKey > b.orderKey ? 1 : a.orderSeq - b.orderSeq,
  );
}

const republish = (deps: OutboxDeps) => async (data: Republish, ctx: Context) => {
  const rows = await publishedSince(deps, data);
  if (data.dryRun) return { matched: rows.length, republished: 0, dryRun: true };
  deps.log.info({ verb: 'RepublishOutbox', actor: ctx.actor.id, count: rows.length }, 'operator verb');
  for (const [at, { subject, headers, body }] of rows.entries()) {
    await deps.bus.publish({ subject, headers, body });
    if (at % PER_PAUSE === PER_PAUSE - 1) await pause(deps.scheduler, PAUSE_MS);
  }
  return { matched: rows.length, republished: rows.length, dryRun: false };
};

/** Handlers of the verbs about the outbox. */
export const outboxHandlers = (deps: OutboxDeps) => ({ ListOutbox: list(deps), RepublishOutbox: republish(deps) });
