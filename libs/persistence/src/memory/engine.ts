import { type Clock, instantOf, type MessageId } from '@gts/kernel';
import { storeErrors } from '../errors';
import { touchOver } from '../leases';
import type { CommandRow, OutboxRow } from '../ports';
import type { CommandKey, DocumentRow, Engine, LeaseRow, Session } from '../session';
import { memoryDocuments } from './documents';
import { memoryOutbox } from './outbox';
import { Table } from './table';

type InboxRow = Readonly<{ digest: string; atMs: number }>;
type KeptCommand = Readonly<{ name: string; requestDigest: string; reply: string; atMs: number }>;

/** All rows of one memory store; a restarted process opens its engine again over the same rows. */
export class MemoryRows {
  readonly documents = new Map<string, Table<DocumentRow>>();
  readonly outbox = new Table<OutboxRow>();
  readonly inbox = new Table<InboxRow>();
  readonly commands = new Table<KeptCommand>();
  readonly leases = new Table<LeaseRow>();

  table(name: string): Table<DocumentRow> {
    let table = this.documents.get(name);
    if (!table) this.documents.set(name, (table = new Table<DocumentRow>()));
    return table;
  }

  all(): Table<never>[] {
    const { outbox, inbox, commands, leases } = this;
    return [...this.documents.values(), outbox, inbox, commands, leases] as unknown as Table<never>[];
  }
}

export function memoryEngine(rows: MemoryRows, clock: Clock): Engine {
  let marks = new Map<Table<never>, number>();
  return {
    writer: session(rows, clock, true),
    reader: session(rows, clock, false),
    begin: () => undefined,
    commit: () => rows.all().forEach((table) => table.commit()),
    rollback: () => rows.all().forEach((table) => table.rollbackTo(0)),
    mark: () => void (marks = new Map(rows.all().map((table) => [table, table.mark()]))),
    release: () => undefined,
    rollbackToMark: () => rows.all().forEach((table) => table.rollbackTo(marks.get(table) ?? 0)),
    ensure: (def) => void rows.table(def.name),
    ready: () => true,
    close: () => undefined,
  };
}

function session(rows: MemoryRows, clock: Clock, dirty: boolean): Session {
  const nowMs = () => clock.epochMs();
  return {
    documents: memoryDocuments((name) => rows.table(name), dirty),
    outbox: memoryOutbox(rows.outbox, dirty, nowMs),
    inbox: inbox(rows.inbox, dirty),
    commands: commands(rows.commands, dirty),
    leases: leases(rows.leases, dirty, nowMs),
    nowMs,
  };
}

function leases(table: Table<LeaseRow>, dirty: boolean, nowMs: () => number): Session['leases'] {
  const get = (name: string) => table.get(name, dirty);
  const set = (name: string, row: LeaseRow) => table.set(name, row);
  const held = (prefix: string) =>
    [...table.entries(dirty)]
      .filter(([name, { expiresMs }]) => name.startsWith(prefix) && expiresMs > nowMs())
      .map(([name]) => name);
  return { get, set, held, touch: touchOver({ get, set }, nowMs) };
}

function inbox(table: Table<InboxRow>, dirty: boolean): Session['inbox'] {
  const key = (consumer: string, id: MessageId) => JSON.stringify([consumer, id]);
  return {
    seen: (consumer, ids) => {
      const found = ids.map((id) => [id, table.get(key(consumer, id), dirty)?.digest] as const);
      return new Map(found.filter((each): each is [MessageId, string] => each[1] !== undefined));
    },
    insert: (consumer, id, { digest, nowMs }) => {
      if (table.get(key(consumer, id), dirty))
        throw storeErrors.DUPLICATE_KEY.with({ details: { index: 'id' } }, 'inbox', 'id');
      table.set(key(consumer, id), { digest, atMs: nowMs });
    },
    purge: (beforeMs, limit) => purge({ table, beforeMs, limit, dirty }),
  };
}

function commands(table: Table<KeptCommand>, dirty: boolean): Session['commands'] {
  const keyOf = (key: CommandKey) => JSON.stringify([key.tenant, key.actor, key.commandId]);
  return {
    find: (key): CommandRow | undefined => {
      const row = table.get(keyOf(key), dirty);
      if (!row) return undefined;
      const { reply } = JSON.parse(row.reply) as { reply?: unknown };
      return { name: row.name, requestDigest: row.requestDigest, reply, at: instantOf(row.atMs) };
    },
    insert: (key, { name, requestDigest, reply }, { nowMs, overwrite }) => {
      if (!overwrite && table.get(keyOf(key), dirty))
        throw storeErrors.DUPLICATE_KEY.with({ details: { index: 'id' } }, 'commands', 'id');
      table.set(keyOf(key), { name, requestDigest, reply: JSON.stringify({ reply }), atMs: nowMs });
    },
    purge: (beforeMs, limit) => purge({ table, beforeMs, limit, dirty }),
  };
}

type Purge<V> = Readonly<{ table: Table<V>; beforeMs: number; limit: number; dirty: boolean }>;
function purge<V extends { atMs: number }>({ table, beforeMs, limit, dirty }: Purge<V>): number {
  const old = [...table.entries(dirty)].filter(([, row]) => row.atMs < beforeMs).slice(0, limit);
  for (const [key] of old) table.set(key, undefined);
  return old.length;
}
