import { type Context, durationMs, instantOf, type Page, SYSTEM_TENANT } from '@gts/kernel';
import { keyOf } from './command-key';
import { decode } from './documents';
import { leasesOver, type Write } from './leases';
import type {
  CollectionDef,
  Commands,
  NewOutboxRow,
  OutboxReader,
  Store,
  StoreHealth,
  StoreOptions,
  Stored,
  Unit,
} from './ports';
import { readerOver, type Run } from './reader';
import type { Engine, Session } from './session';
import { coreOf } from './slot';
import { sweeper } from './sweep';
import { documentsOf, unitView } from './unit-view';
import type { UnitCore } from './unit-core';
import { WriterQueue } from './writer-queue';

const DEFAULT_TIMEOUT_MS = durationMs('10s');
const ownCtx: Context = {
  tenantId: SYSTEM_TENANT,
  actor: { kind: 'service', id: 'store' },
  scopes: [],
  correlationId: 'store',
  deadline: Number.MAX_SAFE_INTEGER,
};

export type EngineStore = Readonly<{
  engine: Engine;
  options: StoreOptions;
  health: () => StoreHealth;
}>;

/** The port over an engine with one writer at a time. */
export function storeOver({ engine, options, health }: EngineStore): Store & { readonly write: Write } {
  const listeners = new Set<(rows: readonly NewOutboxRow[]) => void>();
  const queue = new WriterQueue(engine, {
    epochMs: () => options.clock.epochMs(),
    elapsedMs: options.elapsedMs ?? (() => performance.now()),
    rerun: options.rerun ?? false,
    probe: options.probe,
    ensure: (def) => {
      if (!engine.ready(def)) engine.ensure(def);
    },
    committed: (rows) => listeners.forEach((each) => each(rows)),
  });
  const write: Write = (work) =>
    queue.submit(ownCtx, { fn: (unit) => inSession(unit, work), timeoutMs: DEFAULT_TIMEOUT_MS });
  const read: Run = async (def, work) => {
    if (!engine.ready(def)) await (queue.idle ? engine.ensure(def) : write(async () => engine.ensure(def)));
    return work(engine.reader);
  };
  const close = once(async () => {
    await queue.close();
    engine.close();
  });
  return {
    write,
    collection: (def, ctx) => {
      const core = coreOf(ctx);
      return core ? documentsOf(def, ctx, core) : readerOver(def, ctx, read);
    },
    transaction: (ctx, fn, o) => {
      const core = coreOf(ctx);
      if (core) return joined(core, unitView(core, ctx), fn);
      return queue.submit(ctx, { fn, timeoutMs: o?.timeoutMs ?? DEFAULT_TIMEOUT_MS });
    },
    scan: (def, page) => read(def as CollectionDef, (session) => scanned(def, session, page)),
    outbox: outboxOver(engine.reader, write),
    commands: commandsOver(engine.reader, write),
    leases: leasesOver(write),
    now: async () => instantOf(await engine.reader.nowMs()),
    sweep: sweeper(write, engine),
    onOutbox: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    health: async () => health(),
    close,
  };
}

function once(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => (running ??= work());
}

const inSession = <R>(unit: Unit, work: (session: Session) => Promise<R>): Promise<R> => {
  const core = coreOf(unit.ctx);
  return work((core as UnitCore).session);
};

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
