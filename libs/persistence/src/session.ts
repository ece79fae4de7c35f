import type { MessageId } from '@gts/kernel';
import type { CollectionDef, CommandRow, NewOutboxRow, OutboxMark, OutboxReader, PurgeRule, Scalar } from './ports';

/** What an adapter answers at once or later: the SQLite and memory adapters are synchronous, others need not be. */
export type Soon<T> = T | Promise<T>;

/** A document as it lies in the store; `tenant` is '-' in global collections, `body` JSON text. */
export type DocumentRow = Readonly<{
  id: string;
  tenant: string;
  version: number;
  eventSeq: number;
  schema: number;
  createdAt: string;
  createdBy: string;
  updatedAt: string;
  deletedAt: string | null;
  deletedBy: string | null;
  body: string;
}>;

export type Bound = Readonly<{ value: Scalar; inclusive: boolean }>;
/** A checked condition on one field: one of some values, or between bounds of one type. */
export type Term = Readonly<{ field: string; normalise: boolean }> &
  (Readonly<{ kind: 'in'; values: readonly Scalar[] }> | Readonly<{ kind: 'range'; from?: Bound; to?: Bound }>);
/** A query after checking it against its index; keys and values are folded where the index says so. */
export type Plan = Readonly<{
  index: string;
  has: Readonly<{ field: string; value: Scalar }> | undefined;
  terms: readonly Term[];
  /** Fields that order the result; the id is always the last key. */
  order: readonly Readonly<{ field: string; normalise: boolean }>[];
  descending: boolean;
  /** Keys of the last row of the page before, the id last. */
  after: readonly Scalar[] | undefined;
  limit: number;
  includeDeleted: boolean;
}>;
export type PlannedRow = Readonly<{ row: DocumentRow; keys: readonly Scalar[] }>;

export interface DocumentSession {
  load(def: CollectionDef, tenant: string, id: string): Soon<DocumentRow | undefined>;
  /** Makes later loads in the same unit free; an adapter whose loads are free has none. */
  prefetch?(def: CollectionDef, tenant: string, ids: readonly string[]): Soon<void>;
  select(def: CollectionDef, tenant: string, plan: Plan): Soon<readonly PlannedRow[]>;
  /** All tenants, by (tenant, id). */
  scan(def: CollectionDef, after: readonly [string, string] | undefined, limit: number): Soon<readonly DocumentRow[]>;
  /** @throws STORE.DUPLICATE_KEY */
  insert(def: CollectionDef, row: DocumentRow): Soon<void>;
  /** False when the stored version is another one. @throws STORE.DUPLICATE_KEY */
  replace(def: CollectionDef, row: DocumentRow, expected: number): Soon<boolean>;
  remove(def: CollectionDef, tenant: string, id: string): Soon<void>;
  /** Removes documents of all tenants whose time by the rule came before the instant, at most `limit`. */
  purge(def: CollectionDef, rule: PurgeRule, page: { before: string; limit: number }): Soon<number>;
}

export type LeaseRow = Readonly<{ owner: string; epoch: number; expiresMs: number }>;
export type CommandKey = Readonly<{ tenant: string; actor: string; commandId: string }>;

/** Everything one transaction, or the last committed state, can do. */
export interface Session {
  readonly documents: DocumentSession;
  readonly outbox: {
    [K in keyof OutboxReader]: OutboxReader[K] extends (...args: infer A) => Promise<infer R>
      ? (...args: A) => Soon<R>
      : never;
  } & {
    add(rows: readonly NewOutboxRow[], nowMs: number): Soon<void>;
    mark(rows: readonly OutboxMark[], nowMs: number): Soon<void>;
    /** Marks a row that is quarantined; tells whether it was. */
    judge(mark: OutboxMark, nowMs: number): Soon<boolean>;
  };
  readonly inbox: {
    seen(consumer: string, ids: readonly MessageId[]): Soon<ReadonlyMap<MessageId, string>>;
    insert(consumer: string, id: MessageId, row: { digest: string; nowMs: number }): Soon<void>;
    purge(beforeMs: number, limit: number): Soon<number>;
  };
  readonly commands: {
    find(key: CommandKey): Soon<CommandRow | undefined>;
    /** `overwrite` replaces a reply; else a known key is STORE.DUPLICATE_KEY. */
    insert(key: CommandKey, row: Omit<CommandRow, 'at'>, o: { nowMs: number; overwrite?: boolean }): Soon<void>;
    purge(beforeMs: number, limit: number): Soon<number>;
  };
  readonly leases: {
    get(name: string): Soon<LeaseRow | undefined>;
    set(name: string, row: LeaseRow): Soon<void>;
    /** Writes to the leases that these epochs still hold, so that a stale owner and a new one conflict; answers the others. */
    touch(held: ReadonlyMap<string, number>): Soon<readonly string[]>;
    /** Names with this beginning that somebody holds now. */
    held(prefix: string): Soon<readonly string[]>;
  };
  nowMs(): Soon<number>;
}

/**
 * A store with one writer at a time: `begin` opens the shared transaction, `mark` a point inside it that one
 * unit returns to alone. Adapters whose transactions run side by side bring their own runner instead.
 */
export interface Engine {
  readonly writer: Session;
  readonly reader: Session;
  begin(): void;
  commit(): void;
  rollback(): void;
  mark(): void;
  release(): void;
  rollbackToMark(): void;
  /** Makes what a collection needs. */
  ensure(def: CollectionDef): void;
  /** Whether `ensure` still has to write. */
  ready(def: CollectionDef): boolean;
  /** Lets the event loop turn between two shared transactions; a store that answers asynchronously needs none. */
  turn?(): Promise<void>;
  close(): void;
}
