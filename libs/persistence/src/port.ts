import { type Context, instantOf, type Page, serviceContext } from '@gts/kernel';
import { keyOf } from './command-key';
import { decode } from './documents';
import type { Write } from './leases';
import type { CollectionDef, Commands, Leases, NewOutboxRow, OutboxReader, Store, Stored, Unit } from './ports';
import type { TransactionOptions } from './ports';
import { readerOver, type Run } from './reader';
import type { Session } from './session';
import { coreOf } from './slot';
import { sweeper } from './sweep';
import type { UnitCore } from './unit-core';
import { documentsOf, unitView } from './unit-view';

/** Opens a unit of its own for `fn`. */
export type Transact = <R>(ctx: Context, fn: (unit: Unit) => Promise<R>, o?: TransactionOptions) => Promise<R>;

/** What an adapter brings: how it runs a unit, and how it reads outside of one. */
export type Parts = Readonly<{
  transact: Transact;
  write: Write;
  read: Run;
  reader: Session;
  leases: Leases;
  prepare: (defs: readonly CollectionDef[]) => Promise<void>;
  listeners: Set<(rows: readonly NewOutboxRow[]) => void>;
  health: Store['health'];
  close: () => Promise<void>;
}>;

/** The port that all adapters share. */
export function portOver({ transact, write, read, reader, listeners, ...parts }: Parts): Store {
  return {
    collection: (def, ctx) => {
      const core = coreOf(ctx);
      return core ? documentsOf(def, ctx, core) : readerOver(def, ctx, read);
    },
    transaction: (ctx, fn, o) => {
      const core = coreOf(ctx);
      return core ? joined(core, unitView(core, ctx), fn) : transact(ctx, fn, o);
    },
    scan: (def, page) => read(def as CollectionDef, (session) => scanned(def, session, page)),
    outbox: outboxOver(reader, write),
    commands: commandsOver(reader, write),
    leases: parts.leases,
    now: async () => instantOf(await reader.nowMs()),
    prepare: parts.prepare,
    sweep: sweeper(write, parts.prepare),
    onOutbox: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    health: parts.health,
    close: once(parts.close),
  };
}

function once(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => (running ??= work());
}

const ownCtx = serviceContext('store', 'store');

/** Units of the library's own. */
export const ownUnits =
  (transact: Transact): Write =>
  (work) =>
    transact(ownCtx, (unit) => work((coreOf(unit.ctx) as UnitCore).session));

/** A call under an open unit is part of it; failing after it wrote would leave half, so the whole is doomed. */
async function joined<R>(core: UnitCore, unit: Unit, fn: (unit: Unit) => Promise<R>): Promise<R> {
  core.assertAlive();
  const before = core.writes;
  try {
    return await fn(unit);
  } catch (error) {
    if (core.writes > before) core.doom('a joined call failed half way', error);
    throw error;
  }
}

async function scanned<T>(def: CollectionDef<T>, session: Session, page: ScanPage): Promise<Page<Stored<T>>> {
  const start = page.after === undefined ? undefined : (JSON.parse(page.after) as [string, string]);
  const rows = await session.documents.scan(def as CollectionDef, start, page.limit);
  const last = rows.length === page.limit ? rows.at(-1) : undefined;
  return {
    items: rows.map((row) => decode(def, row)),
    next: last ? JSON.stringify([last.tenant, last.id]) : null,
  };
}
type ScanPage = Readonly<{ limit: number; after?: string | undefined }>;

const commandsOver = ({ commands }: Session, write: Write): Commands => ({
  find: async (ctx) => commands.find(keyOf(ctx)),
  amend: (ctx, row) =>
    write(async (session) =>
      session.commands.insert(keyOf(ctx), row, { nowMs: await session.nowMs(), overwrite: true }),
    ),
});

function outboxOver({ outbox }: Session, write: Write): OutboxReader {
  return {
    window: async (o) => outbox.window(o),
    heads: async (keys, each) => outbox.heads(keys, each),
    get: async (id) => outbox.get(id),
    stats: async () => outbox.stats(),
    list: async (o) => outbox.list(o),
    published: async (o) => outbox.published(o),
    countPublished: async (o) => outbox.countPublished(o),
    purgePublished: (before, limit) => write(async (session) => session.outbox.purgePublished(before, limit)),
  };
}
