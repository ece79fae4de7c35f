import { hasCode } from '@gts/kernel';
import type { Document, Filter } from 'mongodb';
import { storeErrors } from '../errors';
import type { Leases } from '../ports';
import { translated } from './errors';
import { names } from './schema';
import { Faults, reading, rowsIn, type Via, writing } from './via';

type Row = Readonly<{ _id: string; owner: string; epoch: number; expiresAt: Date; ok: boolean }>;

/**
 * One statement a lease: the server compares with its own clock and writes its verdict beside what it changed, so
 * nothing can come between the look and the change.
 */
async function judged(via: Via, name: string, change: readonly Document[]): Promise<Row | null> {
  const stages = change.map((set) => ({ $set: set }));
  const options = { ...writing(via), returnDocument: 'after' } as const;
  return rowsIn<Row>(via, names.leases).findOneAndUpdate({ _id: name }, stages, options);
}

/** A lease that nobody has held yet; of two that make it one succeeds, and both go on. */
async function created(via: Via, name: string): Promise<void> {
  const row = { _id: name, owner: '', epoch: 0, expiresAt: new Date(0), ok: false };
  await translated(names.leases, () => rowsIn<Row>(via, names.leases).insertOne(row, writing(via))).catch(
    (error: unknown) => {
      if (!hasCode(error, storeErrors.DUPLICATE_KEY.code)) throw error;
    },
  );
}

const when = (test: Document | string, yes: unknown, no: unknown): Document => ({ $cond: [test, yes, no] });
const isOwner = (owner: string): Document => ({ $eq: ['$owner', { $literal: owner }] });
const later = (via: Via, ms: number): Document => ({ $add: [via.now(), ms] });
const live = (via: Via): Document => ({ $gt: ['$expiresAt', via.now()] });
const held = (via: Via, epoch: number): Document => ({ $and: [{ $eq: ['$epoch', epoch] }, live(via)] });

/** Leases by store time. */
export function mongoLeases(via: Via): Leases {
  const run = <R>(work: () => Promise<R>) => new Faults().run({ what: names.leases, target: names.leases }, work);
  return {
    acquire: (name, owner, ttlMs) =>
      run(async () => {
        const change = [
          { live: live(via) },
          { ok: { $or: [isOwner(owner), { $not: ['$live'] }] } },
          { epoch: when('$live', '$epoch', { $add: ['$epoch', 1] }) },
          {
            owner: when('$ok', { $literal: owner }, '$owner'),
            expiresAt: when('$ok', later(via, ttlMs), '$expiresAt'),
          },
        ];
        let row = await judged(via, name, change);
        if (!row) {
          await created(via, name);
          row = await judged(via, name, change);
        }
        return row?.ok ? row.epoch : undefined;
      }),
    // oxlint-disable-next-line eslint/max-params -- the port's signature
    renew: (name, owner, epoch, ttlMs) =>
      run(async () => {
        const ok = { $and: [isOwner(owner), held(via, epoch)] };
        const change = [{ ok }, { expiresAt: when('$ok', later(via, ttlMs), '$expiresAt') }];
        return (await judged(via, name, change))?.ok === true;
      }),
    renewAll: (owner, holding, ttlMs) => run(() => renewedAll(via, owner, { held: holding, ttlMs })),
    held: (prefix) => run(() => heldNow(via, prefix)),
    release: (name, owner, epoch) =>
      run(async () => {
        const filter = { _id: name, owner, epoch };
        await rowsIn<Row>(via, names.leases).updateOne(filter, { $set: { expiresAt: new Date(0) } }, writing(via));
      }),
  };
}

type Held = ReadonlyMap<string, number>;

/** One statement for many leases, then one look at the verdicts. */
async function judgedAll(via: Via, filters: readonly Document[], change: readonly Document[]): Promise<Set<string>> {
  if (filters.length === 0) return new Set();
  const rows = rowsIn<Row>(via, names.leases);
  await rows.updateMany(
    { $or: filters } as Filter<Row>,
    change.map((set) => ({ $set: set })),
    writing(via),
  );
  const ok = await rows.find({ $or: filters, ok: true } as Filter<Row>, reading(via)).toArray();
  return new Set(ok.map(({ _id }) => _id));
}

const named = (held: Held): Document[] => [...held].map(([_id, epoch]) => ({ _id, epoch }));

async function renewedAll(via: Via, owner: string, { held, ttlMs }: { held: Held; ttlMs: number }) {
  const filters = named(held).map((each) => ({ ...each, owner }));
  const change = [{ ok: live(via) }, { expiresAt: when('$ok', later(via, ttlMs), '$expiresAt') }];
  return judgedAll(via, filters, change);
}

/** Inside a unit: a real change, so that it conflicts with a new owner's. */
export async function touched(via: Via, held: Held): Promise<readonly string[]> {
  const change = [{ ok: live(via), touches: { $add: [{ $ifNull: ['$touches', 0] }, 1] } }];
  const ok = await judgedAll(via, named(held), change);
  return [...held.keys()].filter((name) => !ok.has(name));
}

export async function heldNow(via: Via, prefix: string): Promise<readonly string[]> {
  const found = rowsIn<Row>(via, names.leases).aggregate<{ _id: string }>(
    [
      { $match: { _id: { $gte: prefix, $lt: `${prefix}\u{10ffff}` } } },
      { $project: { live: live(via) } },
      { $match: { live: true } },
    ],
    reading(via),
  );
  return (await found.toArray()).map(({ _id }) => _id);
}
