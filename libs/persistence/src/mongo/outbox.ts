import { epochMsOf, type Instant, instantOf, type MessageId } from '@gts/kernel';
import type { AnyBulkWriteOperation, Document, Filter } from 'mongodb';
import type { NewOutboxRow, OutboxMark, OutboxReader, OutboxRow, OutboxState, PublishedRange } from '../ports';
import { pageOf, type Position, positionOf } from '../publication';
import type { Session } from '../session';
import { names } from './schema';
import { CLOCK, type Faults, purged, reading, rowsIn, type Via, writing } from './via';

type Raw = Readonly<{
  _id: string;
  tenant: string;
  stream: string;
  subject: string;
  /** JSON text: names of headers are not names of fields. */
  headers: string;
  body: Uint8Array;
  partition: number;
  orderKey: string;
  orderSeq: number;
  state: OutboxState;
  attempts: number;
  nextAt: Date;
  lastError: string | null;
  createdAt: Date;
  publishedAt: Date | null;
  streamSeq: number | null;
}>;

const instant = (date: Date): Instant => instantOf(date.getTime());
const dateOf = (at: Instant): Date => new Date(epochMsOf(at));

/** The driver answers bytes as its own class unless it is told otherwise; both hold the same buffer. */
const bytesOf = (body: Uint8Array | { buffer: Uint8Array; position: number }): Uint8Array =>
  body instanceof Uint8Array ? body : body.buffer.subarray(0, body.position);

const rowOf = (raw: Raw): OutboxRow => ({
  id: raw._id as MessageId,
  tenantId: raw.tenant as OutboxRow['tenantId'],
  stream: raw.stream,
  subject: raw.subject,
  headers: JSON.parse(raw.headers) as Record<string, string>,
  body: bytesOf(raw.body),
  partition: raw.partition,
  orderKey: raw.orderKey,
  orderSeq: raw.orderSeq,
  state: raw.state,
  attempts: raw.attempts,
  nextAttemptAt: instant(raw.nextAt),
  lastError: raw.lastError ?? undefined,
  createdAt: instant(raw.createdAt),
  publishedAt: raw.publishedAt ? instant(raw.publishedAt) : undefined,
  streamSeq: raw.streamSeq ?? undefined,
});

const rawOf = (row: NewOutboxRow, now: Date): Raw => ({
  _id: row.id,
  tenant: row.tenantId,
  stream: row.stream,
  subject: row.subject,
  headers: JSON.stringify(row.headers),
  body: row.body,
  partition: row.partition,
  orderKey: row.orderKey,
  orderSeq: row.orderSeq,
  state: 'pending',
  attempts: 0,
  nextAt: now,
  lastError: null,
  createdAt: now,
  publishedAt: null,
  streamSeq: null,
});

const UNPUBLISHED = ['pending', 'quarantined'] as const;
const AT = { what: names.outbox, target: names.outbox };

export function mongoOutbox(via: Via, faults: Faults): Session['outbox'] {
  const rows = rowsIn<Raw>(via, names.outbox);
  const run = <R>(work: () => Promise<R>) => faults.run(AT, work);
  const found = (filter: Filter<Raw>, o: { sort: Document; limit: number }) =>
    run(async () => (await rows.find(filter, { ...reading(via), ...o }).toArray()).map(rowOf));
  return {
    get: (id) =>
      run(async () => {
        const raw = await rows.findOne({ _id: id }, reading(via));
        return raw ? rowOf(raw) : undefined;
      }),
    list: async ({ state, limit, after = '' }) => {
      const all = await found({ state, _id: { $gt: after } }, { sort: { _id: 1 }, limit: limit + 1 });
      const items = all.slice(0, limit);
      return { items, next: all.length > limit ? (items.at(-1)?.id ?? null) : null };
    },
    published: async ({ limit, after, ...range }) => {
      const filter = { $and: [inRange(range), behind(positionOf(after))] } as Filter<Raw>;
      return pageOf(
        await found(filter, { sort: { publishedAt: 1, orderKey: 1, orderSeq: 1 }, limit: limit + 1 }),
        limit,
      );
    },
    countPublished: (range) => run(() => rows.countDocuments(inRange(range), reading(via))),
    purgePublished: (before, limit) =>
      run(() => {
        const filter = { state: 'published', publishedAt: { $lt: dateOf(before) } };
        return purged(via, names.outbox, { filter, limit });
      }),
    ...relayReads(via, faults),
    ...writes(via, faults),
  };
}

/** What a unit says of rows. */
function writes(via: Via, faults: Faults): Pick<Session['outbox'], 'add' | 'mark' | 'judge'> {
  const rows = rowsIn<Raw>(via, names.outbox);
  const run = <R>(work: () => Promise<R>) => faults.run(AT, work);
  return {
    add: (added, now) =>
      run(async () => {
        await rows.insertMany(
          added.map((row) => rawOf(row, new Date(now))),
          writing(via),
        );
      }),
    mark: (marks, now) =>
      run(async () => {
        if (marks.length === 0) return;
        await rows.bulkWrite(
          marks.map((mark) => operationOf(mark, new Date(now))),
          { ...writing(via), ordered: false },
        );
      }),
    judge: (mark, now) =>
      run(async () => {
        const quarantined = { _id: mark.id, state: 'quarantined' } as const;
        const change = { $set: changeOf(mark, new Date(now)) };
        return (await rows.updateOne(quarantined, change, writing(via))).matchedCount === 1;
      }),
  };
}

/** What the relay reads, several times a second. */
function relayReads(via: Via, faults: Faults): Pick<Session['outbox'], 'window' | 'heads' | 'stats'> {
  const rows = rowsIn<Raw>(via, names.outbox);
  const run = <R>(work: () => Promise<R>) => faults.run(AT, work);
  return {
    window: (o) => run(async () => (await rows.aggregate<Raw>(windowOf(via, o), reading(via)).toArray()).map(rowOf)),
    heads: (keys, each) =>
      run(async () => {
        const groups = rowsIn<{ _id: string }>(via, names.store).aggregate<{ key: string; rows: Raw[] }>(
          headsOf(keys, each),
          reading(via),
        );
        const found = new Map((await groups.toArray()).map(({ key, rows: raws }) => [key, raws.map(rowOf)] as const));
        return new Map(keys.map((key) => [key, found.get(key) ?? []] as const));
      }),
    stats: () =>
      run(async () => {
        const pending = await rows.countDocuments({ state: 'pending' }, reading(via));
        const quarantined = await rows.countDocuments({ state: 'quarantined' }, reading(via));
        const oldest = await rows.findOne({ state: 'pending' }, { ...reading(via), sort: { createdAt: 1, _id: 1 } });
        return { pending, quarantined, oldestPendingAt: oldest ? instant(oldest.createdAt) : undefined };
      }),
  };
}

/** Store time is compared in the pipeline: a filter may not name it everywhere. */
function windowOf(via: Via, o: Parameters<OutboxReader['window']>[0]): Document[] {
  const { partitions, limit, pausedStreams = [], blockedKeys = [] } = o;
  const match = {
    state: 'pending',
    partition: { $in: partitions },
    ...(pausedStreams.length > 0 && { stream: { $nin: pausedStreams } }),
    ...(blockedKeys.length > 0 && { orderKey: { $nin: blockedKeys } }),
  };
  return [
    { $match: match },
    { $sort: { createdAt: 1, _id: 1 } },
    { $set: { storeNow: via.now() } },
    { $match: { $expr: { $lte: ['$nextAt', '$storeNow'] } } },
    { $limit: limit },
  ];
}

/** One answer for all keys: a lookup a key, each with its own limit and through its index. */
function headsOf(keys: readonly string[], each: number): Document[] {
  const unpublished = [{ $match: { state: { $in: UNPUBLISHED } } }, { $sort: { orderSeq: 1 } }, { $limit: each }];
  return [
    { $match: { _id: CLOCK } },
    { $project: { _id: 0, key: { $literal: keys } } },
    { $unwind: '$key' },
    {
      $lookup: { from: names.outbox, localField: 'key', foreignField: 'orderKey', pipeline: unpublished, as: 'rows' },
    },
  ];
}

function inRange({ since, until, stream }: PublishedRange): Filter<Raw> {
  const publishedAt = { $gte: dateOf(since), $lt: dateOf(until) };
  return { state: 'published', publishedAt, ...(stream !== undefined && { stream }) };
}

function behind(position: Position | undefined): Document {
  if (!position) return {};
  const [atMs, orderKey, orderSeq] = position;
  const publishedAt = new Date(atMs);
  return {
    $or: [
      { publishedAt: { $gt: publishedAt } },
      { publishedAt, orderKey: { $gt: orderKey } },
      { publishedAt, orderKey, orderSeq: { $gt: orderSeq } },
    ],
  };
}

function operationOf(mark: OutboxMark, now: Date): AnyBulkWriteOperation<Raw> {
  return { updateOne: { filter: { _id: mark.id }, update: { $set: changeOf(mark, now) } } };
}

function changeOf(mark: OutboxMark, now: Date): Partial<Raw> {
  if (mark.state === 'published') return { state: mark.state, streamSeq: mark.streamSeq, publishedAt: now };
  if (mark.state !== 'pending') return { state: mark.state, lastError: mark.lastError };
  const { attempts, delayMs, lastError = null } = mark;
  return { state: 'pending', attempts, nextAt: new Date(now.getTime() + delayMs), lastError };
}
