import type { Session } from '../session';
import { mongoDocuments } from './documents';
import { heldNow, touched } from './leases';
import { mongoCommands, mongoInbox } from './library';
import { mongoOutbox } from './outbox';
import { names } from './schema';
import { unitWrites } from './unit-writes';
import { type Faults, nowMs, rowsIn, type Via, writing } from './via';

/** What one unit, or a reader outside of units, can do. */
export type MongoSession = Session & Readonly<{ flush(): Promise<void> }>;

/** `batch` holds writes back until somebody must see them. */
export function mongoSession(via: Via, faults: Faults, batch = false): MongoSession {
  const writes = unitWrites({ documents: mongoDocuments(via, faults), inbox: mongoInbox(via, faults) }, batch);
  // One answer a unit: what is stamped together happened together.
  let now: Promise<number> | undefined;
  const time = () => faults.run({ what: names.store, target: names.store }, () => nowMs(via));
  return {
    documents: via.session ? writes.documents : mongoDocuments(via, faults),
    inbox: writes.inbox,
    outbox: mongoOutbox(via, faults),
    commands: mongoCommands(via, faults),
    leases: leases(via, faults),
    nowMs: () => (via.session ? (now ??= time()) : time()),
    flush: writes.flush,
  };
}

type LeaseDocument = Readonly<{ _id: string; owner: string; epoch: number; expiresAt: Date }>;

function leases(via: Via, faults: Faults): Session['leases'] {
  const rows = rowsIn<LeaseDocument>(via, names.leases);
  const run = <R>(work: () => Promise<R>) => faults.run({ what: names.leases, target: names.leases }, work);
  return {
    get: (name) =>
      run(async () => {
        const row = await rows.findOne({ _id: name }, writing(via));
        return row ? { owner: row.owner, epoch: row.epoch, expiresMs: row.expiresAt.getTime() } : undefined;
      }),
    set: (name, { owner, epoch, expiresMs }) =>
      run(async () => {
        const row = { owner, epoch, expiresAt: new Date(expiresMs) };
        await rows.replaceOne({ _id: name }, row, { ...writing(via), upsert: true });
      }),
    touch: (held) => run(() => touched(via, held)),
    held: (prefix) => run(() => heldNow(via, prefix)),
  };
}
