import { instantOf, type MessageId } from '@gts/kernel';
import type { CommandKey, Session } from '../session';
import { names } from './schema';
import { type Faults, purged, reading, rowsIn, type Via, writing } from './via';

type InboxRow = Readonly<{ _id: string; consumer: string; message: MessageId; digest: string; at: Date }>;
export type NewInboxRow = Readonly<{ consumer: string; id: MessageId; digest: string; nowMs: number }>;
export type MongoInbox = Session['inbox'] & Readonly<{ insertAll(rows: readonly NewInboxRow[]): Promise<void> }>;

const inboxId = (consumer: string, id: MessageId): string => `${encodeURIComponent(consumer)}/${id}`;
const inboxRow = ({ consumer, id, digest, nowMs }: NewInboxRow): InboxRow => ({
  _id: inboxId(consumer, id),
  consumer,
  message: id,
  digest,
  at: new Date(nowMs),
});

export function mongoInbox(via: Via, faults: Faults): MongoInbox {
  const rows = rowsIn<InboxRow>(via, names.inbox);
  const run = <R>(target: string, work: () => Promise<R>) => faults.run({ what: names.inbox, target }, work);
  return {
    seen: (consumer, ids) =>
      run(names.inbox, async () => {
        const filter = { _id: { $in: ids.map((id) => inboxId(consumer, id)) } };
        const found = await rows.find(filter, reading(via)).toArray();
        return new Map(found.map(({ message, digest }) => [message, digest]));
      }),
    insert: (consumer, id, row) =>
      run(inboxId(consumer, id), async () => {
        await rows.insertOne(inboxRow({ consumer, id, ...row }), writing(via));
      }),
    insertAll: (added) =>
      run(names.inbox, async () => {
        await rows.insertMany(added.map(inboxRow), writing(via));
      }),
    purge: (beforeMs, limit) =>
      run(names.inbox, () => purged(via, names.inbox, { filter: { at: { $lt: new Date(beforeMs) } }, limit })),
  };
}

type KeptCommand = Readonly<{ _id: string; name: string; digest: string; reply: string; at: Date }>;
const commandId = ({ tenant, actor, commandId: id }: CommandKey): string => JSON.stringify([tenant, actor, id]);

export function mongoCommands(via: Via, faults: Faults): Session['commands'] {
  const rows = rowsIn<KeptCommand>(via, names.commands);
  const run = <R>(work: () => Promise<R>) => faults.run({ what: names.commands, target: names.commands }, work);
  return {
    find: (key) =>
      run(async () => {
        const raw = await rows.findOne({ _id: commandId(key) }, reading(via));
        if (!raw) return undefined;
        const { reply } = JSON.parse(raw.reply) as { reply?: unknown };
        return { name: raw.name, requestDigest: raw.digest, reply, at: instantOf(raw.at.getTime()) };
      }),
    insert: (key, { name, requestDigest, reply }, { nowMs, overwrite }) =>
      run(async () => {
        const row = { name, digest: requestDigest, reply: JSON.stringify({ reply }), at: new Date(nowMs) };
        if (overwrite) await rows.replaceOne({ _id: commandId(key) }, row, { ...writing(via), upsert: true });
        else await rows.insertOne({ _id: commandId(key), ...row }, writing(via));
      }),
    purge: (beforeMs, limit) =>
      run(() => purged(via, names.commands, { filter: { at: { $lt: new Date(beforeMs) } }, limit })),
  };
}
