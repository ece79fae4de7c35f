import { instantOf, type Page } from '@gts/kernel';
import { storeErrors } from '../errors';
import type { NewOutboxRow, OutboxMark, OutboxReader, OutboxRow, PublishedRange } from '../ports';
import { comparePlaces, pageOf, placeOf, positionOf } from '../publication';
import type { Session } from '../session';
import { compareText } from '../keys';
import type { Table } from './table';

const unpublished = ({ state }: OutboxRow): boolean => state === 'pending' || state === 'quarantined';
const byAge = (a: OutboxRow, b: OutboxRow): number => compareText(a.createdAt, b.createdAt) || compareText(a.id, b.id);

const bySeq = (a: OutboxRow, b: OutboxRow): number => a.orderSeq - b.orderSeq;

/** What a mark changes in its row. */
function marked(mark: OutboxMark, nowMs: number): Partial<OutboxRow> {
  if (mark.state === 'published') return { ...mark, publishedAt: instantOf(nowMs) };
  if (mark.state !== 'pending') return mark;
  const { delayMs, ...rest } = mark;
  return { ...rest, nextAttemptAt: instantOf(nowMs + delayMs) };
}

export function memoryOutbox(table: Table<OutboxRow>, dirty: boolean, nowMs: () => number): Session['outbox'] {
  const rows = () => [...table.values(dirty)];
  const pendingOf = (key: string) => rows().filter((row) => row.orderKey === key && unpublished(row));
  return {
    ...writes(table, dirty),
    window: ({ partitions, limit, pausedStreams = [], blockedKeys = [] }) => {
      const now = instantOf(nowMs());
      const due = (row: OutboxRow) =>
        row.state === 'pending' && row.nextAttemptAt <= now && partitions.includes(row.partition);
      const free = (row: OutboxRow) => !pausedStreams.includes(row.stream) && !blockedKeys.includes(row.orderKey);
      return rows()
        .filter((row) => due(row) && free(row))
        .toSorted(byAge)
        .slice(0, limit);
    },
    heads: (keys, each) => new Map(keys.map((key) => [key, pendingOf(key).toSorted(bySeq).slice(0, each)])),
    get: (id) => table.get(id, dirty),
    stats: () => {
      const pending = rows().filter(({ state }) => state === 'pending');
      const quarantined = rows().filter(({ state }) => state === 'quarantined').length;
      return { pending: pending.length, quarantined, oldestPendingAt: pending.toSorted(byAge)[0]?.createdAt };
    },
    list: ({ state, limit, after }) => {
      const found = rows().filter((row) => row.state === state && (after === undefined || row.id > after));
      const items = found.toSorted((a, b) => compareText(a.id, b.id)).slice(0, limit);
      return { items, next: found.length > limit ? (items.at(-1)?.id ?? null) : null };
    },
    published: (o) => publishedPage(rows(), o),
    countPublished: (range) => published(rows(), range).length,
    purgePublished: (before, limit) => {
      const old = rows().filter((row) => row.state === 'published' && (row.publishedAt ?? before) < before);
      for (const row of old.slice(0, limit)) table.set(row.id, undefined);
      return Math.min(old.length, limit);
    },
  };
}

/** What a unit says of rows. */
const writes = (table: Table<OutboxRow>, dirty: boolean): Pick<Session['outbox'], 'add' | 'mark' | 'judge'> => ({
  add: (added, now) => {
    for (const row of added) {
      assertFree([...table.values(dirty)], row);
      table.set(row.id, fresh(row, now));
    }
  },
  mark: (marks, now) => {
    for (const mark of marks) {
      const row = table.get(mark.id, dirty);
      if (row) table.set(mark.id, { ...row, ...marked(mark, now) });
    }
  },
  judge: (mark, now) => {
    const row = table.get(mark.id, dirty);
    if (row?.state !== 'quarantined') return false;
    table.set(mark.id, { ...row, ...marked(mark, now) });
    return true;
  },
});

const published = (rows: readonly OutboxRow[], { since, until, stream }: PublishedRange): OutboxRow[] =>
  rows.filter(
    ({ publishedAt = '', ...row }) =>
      row.state === 'published' &&
      publishedAt >= since &&
      publishedAt < until &&
      (stream === undefined || row.stream === stream),
  );

function publishedPage(
  rows: readonly OutboxRow[],
  { limit, after, ...range }: Parameters<OutboxReader['published']>[0],
): Page<OutboxRow> {
  const start = positionOf(after);
  const rest = published(rows, range).filter((row) => !start || comparePlaces(placeOf(row), start) > 0);
  const sorted = rest.toSorted((a, b) => comparePlaces(placeOf(a), placeOf(b)));
  return pageOf(sorted.slice(0, limit + 1), limit);
}

function assertFree(rows: readonly OutboxRow[], row: NewOutboxRow): void {
  const taken = (index: string) => storeErrors.DUPLICATE_KEY.with({ details: { index } }, 'outbox', index);
  if (rows.some(({ id }) => id === row.id)) throw taken('id');
  if (rows.some(({ orderKey, orderSeq }) => orderKey === row.orderKey && orderSeq === row.orderSeq))
    throw taken('order');
}

function fresh(row: NewOutboxRow, nowMs: number): OutboxRow {
  const now = instantOf(nowMs);
  const none = { lastError: undefined, publishedAt: undefined, streamSeq: undefined };
  return { ...row, ...none, state: 'pending', attempts: 0, nextAttemptAt: now, createdAt: now };
}
