import type { DataOf, OperatorVerbs } from '@gts/contracts';
import { type Context, type Instant, instantOf, type MessageId } from '@gts/kernel';
import type { OutboxMark, OutboxRow, Store } from '@gts/persistence';
import { busErrors } from '../errors';
import type { Log } from '../ports';
import { audit } from './dead-letters';
import { republications } from './republisher';

export type OutboxDeps = Readonly<{ store: Store; log: Log; newId: () => string }>;
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

function startOf(since: string): Instant {
  const at = Date.parse(since);
  if (Number.isNaN(at)) throw busErrors.DATA_INVALID('RepublishOutbox');
  return instantOf(at);
}

/** Counts at once; the republisher sends them in its own time, however many there are. */
const republish =
  ({ store, log, newId }: OutboxDeps) =>
  async ({ since, stream, dryRun, reason = '' }: Republish, ctx: Context) => {
    const range = { since: startOf(since), until: await store.now(), stream };
    const matched = await store.outbox.countPublished(range);
    if (dryRun || matched === 0) return { matched, republished: 0, dryRun };
    const job = newId();
    await store.transaction(ctx, async (unit) => {
      const begun = { cursor: null, sent: 0, refused: 0, state: 'running' } as const;
      await unit.collection(republications).insert(job, { ...range, stream: stream ?? null, ...begun });
      const keys = [`${job} since ${range.since}: ${matched}`];
      await audit(unit, { log, newId }, { verb: 'RepublishOutbox', reason, keys });
    });
    return { matched, republished: matched, dryRun };
  };

type Judge = Readonly<{ verb: 'ReleaseOutbox' | 'SkipOutbox'; mark: (id: MessageId) => OutboxMark }>;

/** Quarantined rows only, looked at where they are marked: what is pending or published is nobody's to judge. */
async function judge({ store, log, newId }: OutboxDeps, { verb, mark }: Judge, { ids, reason, ctx }: Judged) {
  const marks = [...new Set(ids)].map((id) => mark(id as MessageId));
  return store.transaction(ctx, async (unit) => {
    const keys = [...(await unit.outbox.judge(marks))];
    if (keys.length > 0) await audit(unit, { log, newId }, { verb, reason, keys });
    return keys.length;
  });
}
type Judged = DataOf<OperatorVerbs['SkipOutbox']> & Readonly<{ ctx: Context }>;

const released = (id: MessageId): OutboxMark => ({
  id,
  state: 'pending',
  attempts: 0,
  delayMs: 0,
  lastError: undefined,
});
const release = (deps: OutboxDeps) => async (data: DataOf<OperatorVerbs['ReleaseOutbox']>, ctx: Context) => ({
  released: await judge(deps, { verb: 'ReleaseOutbox', mark: released }, { ...data, ctx }),
});

const skip = (deps: OutboxDeps) => async (data: DataOf<OperatorVerbs['SkipOutbox']>, ctx: Context) => {
  const mark = (id: MessageId): OutboxMark => ({ id, state: 'skipped', lastError: data.reason });
  return { skipped: await judge(deps, { verb: 'SkipOutbox', mark }, { ...data, ctx }) };
};

/** Handlers of the verbs about the outbox. */
export const outboxHandlers = (deps: OutboxDeps) => ({
  ListOutbox: list(deps),
  RepublishOutbox: republish(deps),
  ReleaseOutbox: release(deps),
  SkipOutbox: skip(deps),
});
