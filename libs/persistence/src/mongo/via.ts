import type { ClientSession, Collection, Db, Document } from 'mongodb';
import { isPassing, translated } from './errors';
import { names } from './schema';
import { within } from './within';

/** Reads outside of a unit give up by themselves; those in a unit have the time of the unit. */
const READ_MS = 5000;
/** The server ends a read by itself; this is for one that says nothing at all. */
const ANSWER_MS = READ_MS + 1000;

/** Through what a session talks to the server. */
export type Via = Readonly<{
  db: Db;
  /** Of the unit; none outside. */
  session?: ClientSession | undefined;
  /** Store time as the server reckons it: its own, or what a test says. */
  now: () => '$$NOW' | Date;
}>;

export const rowsIn = <T extends Document>({ db }: Via, name: string): Collection<T> => db.collection<T>(name);
/** Every page that is asked for comes in one journey. */
const BATCH = 1000;
export const reading = ({ session }: Via) =>
  session ? { session, batchSize: BATCH } : { maxTimeMS: READ_MS, batchSize: BATCH };
export const writing = ({ session }: Via) => (session ? { session } : {});

export const CLOCK = 'clock';

/** Store time in milliseconds; asked of the server, never of this machine. */
export function nowMs(via: Via): Promise<number> {
  const now = via.now();
  if (typeof now !== 'string') return Promise.resolve(now.getTime());
  const pipeline = [{ $match: { _id: CLOCK } }, { $project: { _id: 0, now } }];
  return translated(names.store, async () => {
    const [row] = await rowsIn<{ _id: string }>(via, names.store)
      .aggregate<{ now: Date }>(pipeline, reading(via))
      .toArray();
    if (!row) throw new Error('the row that tells store time is missing');
    return row.now.getTime();
  });
}

/** Removes a page of rows by their ids; tells how many. */
export async function purged(via: Via, name: string, { filter, limit }: Purge): Promise<number> {
  const rows = rowsIn<{ _id: string }>(via, name);
  const old = rows.find(filter, { ...reading(via), projection: { _id: 1 } }).limit(limit);
  const ids = (await old.toArray()).map(({ _id }) => _id);
  if (ids.length === 0) return 0;
  return (await rows.deleteMany({ _id: { $in: ids } }, writing(via))).deletedCount;
}
type Purge = Readonly<{ filter: Document; limit: number }>;

/** Notes the first passing fault of a unit, whatever its callback makes of the error: then the whole runs again. */
export class Faults {
  /** What was contended for, as far as it is known. */
  passing: string | undefined;

  /** @param leftMs how long an answer may take from now; a unit's rest, outside of units the same for each call */
  constructor(readonly leftMs: () => number = () => ANSWER_MS) {}

  run<R>({ what, target }: { what: string; target: string }, work: () => Promise<R>): Promise<R> {
    return translated(what, async () => {
      try {
        return await within(this.leftMs(), work);
      } catch (error) {
        if (isPassing(error)) this.passing ??= target;
        throw error;
      }
    });
  }
}
