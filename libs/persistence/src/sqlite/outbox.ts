import { epochMsOf, type Instant, instantOf, type MessageId } from '@gts/kernel';
import type { OutboxMark, OutboxRow, OutboxState } from '../ports';
import type { Session } from '../session';
import { pageOf, positionOf } from '../publication';
import type { Connection } from './connection';

type Raw = Readonly<{
  id: string;
  tenant: string;
  stream: string;
  subject: string;
  headers: string;
  body: Uint8Array;
  part: number;
  order_key: string;
  order_seq: number;
  state: OutboxState;
  attempts: number;
  next_at: number;
  last_error: string | null;
  created_at: number;
  published_at: number | null;
  stream_seq: number | null;
}>;

const rowOf = (raw: Raw): OutboxRow => ({
  id: raw.id as MessageId,
  tenantId: raw.tenant as OutboxRow['tenantId'],
  stream: raw.stream,
  subject: raw.subject,
  headers: JSON.parse(raw.headers) as Record<string, string>,
  body: raw.body,
  partition: raw.part,
  orderKey: raw.order_key,
  orderSeq: raw.order_seq,
  state: raw.state,
  attempts: raw.attempts,
  nextAttemptAt: instantOf(raw.next_at),
  lastError: raw.last_error ?? undefined,
  createdAt: instantOf(raw.created_at),
  publishedAt: raw.published_at === null ? undefined : instantOf(raw.published_at),
  streamSeq: raw.stream_seq ?? undefined,
});

const INSERT = `INSERT INTO outbox VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'pending', 0, ?, NULL, ?, NULL, NULL)`;
const PUBLISHED = `UPDATE outbox SET state = 'published', stream_seq = ?, published_at = ? WHERE id = ?`;
const RETRY = `UPDATE outbox SET state = 'pending', attempts = ?, next_at = ?, last_error = ? WHERE id = ?`;
const ASIDE = `UPDATE outbox SET state = ?, last_error = ? WHERE id = ?`;
const QUARANTINED = `SELECT 1 FROM outbox WHERE id = ? AND state = 'quarantined'`;
// Lists travel as one JSON parameter, so that every length shares one statement.
const WINDOW = `SELECT * FROM outbox WHERE state = 'pending' AND next_at <= store_now()
  AND part IN (SELECT value FROM json_each(?)) AND stream NOT IN (SELECT value FROM json_each(?))
  AND order_key NOT IN (SELECT value FROM json_each(?)) ORDER BY created_at, id LIMIT ?`;
const HEADS = `SELECT * FROM outbox WHERE order_key = ? AND state IN ('pending', 'quarantined') ORDER BY order_seq LIMIT ?`;
const STATS = `SELECT (SELECT count(*) FROM outbox WHERE state = 'pending') AS pending,
  (SELECT count(*) FROM outbox WHERE state = 'quarantined') AS quarantined,
  (SELECT min(created_at) FROM outbox WHERE state = 'pending') AS oldest`;
const LIST = `SELECT * FROM outbox WHERE state = ? AND id > ? ORDER BY id LIMIT ?`;
const IN_RANGE = `state = 'published' AND published_at >= ? AND published_at < ? AND stream = ifnull(?, stream)`;
const AGAIN = `SELECT * FROM outbox WHERE ${IN_RANGE} AND (published_at, order_key, order_seq) > (?, ?, ?)
  ORDER BY published_at, order_key, order_seq LIMIT ?`;
const COUNT_AGAIN = `SELECT count(*) AS rows FROM outbox WHERE ${IN_RANGE}`;
const PURGE = `DELETE FROM outbox WHERE id IN
  (SELECT id FROM outbox WHERE state = 'published' AND published_at < ? LIMIT ?)`;

export function sqliteOutbox(db: Connection): Session['outbox'] {
  return {
    add: (rows, now) => {
      for (const r of rows) {
        const target = [r.id, r.tenantId, r.stream, r.subject, JSON.stringify(r.headers), r.body] as const;
        db.run('outbox', INSERT, ...target, r.partition, r.orderKey, r.orderSeq, now, now);
      }
    },
    mark: (marks, now) => {
      for (const mark of marks) applyMark(db, mark, now);
    },
    judge: (mark, now) => {
      if (!db.get(QUARANTINED, mark.id)) return false;
      applyMark(db, mark, now);
      return true;
    },
    window: ({ partitions, limit, pausedStreams = [], blockedKeys = [] }) => {
      const lists = [partitions, pausedStreams, blockedKeys].map((list) => JSON.stringify(list));
      return db.all<Raw>(WINDOW, ...lists, limit).map(rowOf);
    },
    heads: (keys, each) => new Map(keys.map((key) => [key, db.all<Raw>(HEADS, key, each).map(rowOf)])),
    get: (id) => {
      const raw = db.get<Raw>('SELECT * FROM outbox WHERE id = ?', id);
      return raw && rowOf(raw);
    },
    stats: () => {
      const found = db.get<{ pending: number; quarantined: number; oldest: number | null }>(STATS);
      const oldest = found?.oldest ?? null;
      return {
        pending: found?.pending ?? 0,
        quarantined: found?.quarantined ?? 0,
        oldestPendingAt: oldest === null ? undefined : instantOf(oldest),
      };
    },
    list: ({ state, limit, after = '' }) => {
      const rows = db.all<Raw>(LIST, state, after, limit + 1).map(rowOf);
      const items = rows.slice(0, limit);
      return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
    },
    published: ({ since, until, stream = null, limit, after }) => {
      const [at, key, seq] = positionOf(after) ?? [epochMsOf(since), '', -1];
      const rows = db.all<Raw>(AGAIN, at, epochMsOf(until), stream, at, key, seq, limit + 1).map(rowOf);
      return pageOf(rows, limit);
    },
    countPublished: ({ since, until, stream = null }) =>
      db.get<{ rows: number }>(COUNT_AGAIN, epochMsOf(since), epochMsOf(until), stream)?.rows ?? 0,
    purgePublished: (before: Instant, limit) => db.run('outbox', PURGE, epochMsOf(before), limit),
  };
}

function applyMark(db: Connection, mark: OutboxMark, now: number): void {
  if (mark.state === 'published') db.run('outbox', PUBLISHED, mark.streamSeq, now, mark.id);
  else if (mark.state === 'pending')
    db.run('outbox', RETRY, mark.attempts, now + mark.delayMs, mark.lastError ?? null, mark.id);
  else db.run('outbox', ASIDE, mark.state, mark.lastError, mark.id);
}
