import type { Clock, Context, Decision, Instant, MessageId, Page, Probe, TenantId } from '@gts/kernel';
import type { z } from 'zod';

/** A field of an index; `normalise` folds case and compatibility forms before comparing. */
export type IndexField = string | Readonly<{ name: string; normalise: 'nfkc-lower' }>;
/** `fields` in order; `has` indexes every element of an array field in front of them; `unique` counts live rows only. */
export type IndexDef = Readonly<{ fields: readonly IndexField[]; has?: string; unique?: boolean }>;

export type Scope = 'tenant' | 'global';

export type CollectionDef<T = unknown> = Readonly<{
  name: string;
  schema: z.ZodType<T>;
  schemaVersion: number;
  /** Turns a document of version n into n + 1, lazily on read. */
  upgrade: Readonly<Record<number, (document: never) => unknown>>;
  scope: Scope;
  indexes: Readonly<Record<string, IndexDef>>;
  softDelete: boolean;
  purges: readonly PurgeRule[];
}>;

/** Rows whose instant in `since` is older than `afterMs` are removed for good, of those only with these values. */
export type PurgeRule = Readonly<{
  since: string;
  afterMs: number;
  only: Readonly<Record<string, readonly (string | boolean)[]>>;
}>;

/** What the store keeps beside the state; `version` is the lock (+1 a save), `eventSeq` counts published events. */
export type DocumentMeta = Readonly<{
  id: string;
  tenantId: TenantId;
  version: number;
  eventSeq: number;
  createdAt: Instant;
  createdBy: string;
  updatedAt: Instant;
  deletedAt?: Instant | undefined;
  deletedBy?: string | undefined;
}>;
/** A state as it was read. Deciders may spread it: `meta` is stripped before writing. */
export type Stored<T> = T & { readonly meta: DocumentMeta };

export type Scalar = string | number | boolean | null;
export type Condition =
  | Scalar
  | Readonly<{ in: readonly Scalar[] }>
  | Readonly<{ prefix: string }>
  | Readonly<{ gt?: Scalar; gte?: Scalar; lt?: Scalar; lte?: Scalar }>;

/**
 * Equality or `in` on leading fields of a declared index, at most one range or prefix on the next, order by the
 * rest with the id as last key. `where` may name the `has` field with one value.
 */
export type Query = Readonly<{
  index: string;
  where?: Readonly<Record<string, Condition>>;
  order?: 'asc' | 'desc';
  limit?: number;
  after?: string | undefined;
  includeDeleted?: boolean;
}>;

/** `get` throws STORE.NOT_FOUND; a foreign tenant's document reads as absent. */
export interface Reader<T> {
  get(id: string, options?: { includeDeleted?: boolean }): Promise<Stored<T>>;
  find(id: string, options?: { includeDeleted?: boolean }): Promise<Stored<T> | undefined>;
  /** One page; `next` is an opaque cursor bound to index, filter and tenant. */
  query(query: Query): Promise<Page<Stored<T>>>;
}

/** `expected` is the version that was read; writing another one throws VersionConflict and dooms nothing. */
export interface Writer<T> {
  /** `eventSeq` of a document written by hand; repositories set it. @throws STORE.DUPLICATE_KEY */
  insert(id: string, document: T, eventSeq?: number): Promise<DocumentMeta>;
  /** @throws STORE.VERSION_CONFLICT, STORE.DUPLICATE_KEY */
  replace(id: string, expected: number, document: T, eventSeq?: number): Promise<DocumentMeta>;
  /** Inserts or replaces whatever version is there: for projections and library rows. */
  put(id: string, document: T): Promise<DocumentMeta>;
  /** Soft where the collection says so, else hard. Absent: nothing happens. `eventSeq` as in `insert`. */
  delete(id: string, eventSeq?: number): Promise<void>;
  restore(id: string): Promise<DocumentMeta>;
  /** Removes the row for good, whatever its state. */
  purge(id: string): Promise<void>;
}

export type OutboxState = 'pending' | 'published' | 'quarantined' | 'skipped';
/** A message as it will be sent: encoded once, inside the unit. */
export type NewOutboxRow = Readonly<{
  id: MessageId;
  tenantId: TenantId;
  stream: string;
  subject: string;
  headers: Readonly<Record<string, string>>;
  body: Uint8Array;
  partition: number;
  orderKey: string;
  orderSeq: number;
}>;
export type OutboxRow = NewOutboxRow &
  Readonly<{
    state: OutboxState;
    attempts: number;
    nextAttemptAt: Instant;
    lastError: string | undefined;
    createdAt: Instant;
    publishedAt: Instant | undefined;
    streamSeq: number | undefined;
  }>;

/** `insert` of a known id throws DuplicateKey and dooms the unit. */
export interface Inbox {
  seen(consumer: string, ids: readonly MessageId[]): Promise<ReadonlyMap<MessageId, string>>;
  insert(consumer: string, id: MessageId, digest: string): Promise<void>;
}

export type CommandRow = Readonly<{ name: string; requestDigest: string; reply: unknown; at: Instant }>;
/** Replies of commands by (tenant, actor, commandId), kept 24 h. */
export interface Commands {
  find(ctx: Context): Promise<CommandRow | undefined>;
  /** Replaces the reply of a command that was answered. */
  amend(ctx: Context, row: Omit<CommandRow, 'at'>): Promise<void>;
}

/** One store transaction. One operation at a time, store only; after any error it is doomed. */
export interface Unit {
  readonly ctx: Context;
  collection<T>(def: CollectionDef<T>): Reader<T> & Writer<T>;
  /** The same unit seen from another tenant, e.g. the system's. */
  as(tenantId: TenantId): Unit;
  /**
   * The same unit seen by another caller: `unit.with(ctx).ctx` equals `ctx` and carries this unit, so that what use
   * cases do with it joins. How a consumer runs messages of several tenants in one unit.
   */
  with(ctx: Context): Unit;
  /** Reads these at once: to find one of them later costs nothing more, where asking costs a journey. */
  prefetch(def: CollectionDef, ids: readonly string[]): Promise<void>;
  outbox: {
    add(row: NewOutboxRow): void;
    mark(rows: readonly OutboxMark[]): Promise<void>;
    /** Marks those of these rows that are quarantined now and answers their ids; the others are left as they are. */
    judge(rows: readonly OutboxMark[]): Promise<readonly MessageId[]>;
  };
  inbox: Inbox;
  commands: { insert(row: Omit<CommandRow, 'at'>): Promise<void> };
  /** Touches the rows of leases: a stale owner and a new one conflict. @throws STORE.LEASE_LOST with their names */
  leases: {
    verify(name: string, epoch: number): Promise<void>;
    verifyAll(held: ReadonlyMap<string, number>): Promise<void>;
  };
  now(): Promise<Instant>;
  afterCommit(action: () => void): void;
}

/** What the relay, or an operator, learned about a row. */
export type OutboxMark =
  | Readonly<{ id: MessageId; state: 'published'; streamSeq: number }>
  | Readonly<{
      id: MessageId;
      state: 'pending';
      attempts: number;
      /** Whole milliseconds from now, by store time: a replica's own clock may be an hour off. */
      delayMs: number;
      lastError: string | undefined;
    }>
  | Readonly<{ id: MessageId; state: 'quarantined' | 'skipped'; lastError: string }>;

/** What the relay reads; committed rows only. */
/** From `since` up to, not including, `until`. */
export type PublishedRange = Readonly<{ since: Instant; until: Instant; stream?: string | undefined }>;

export interface OutboxReader {
  /** Oldest due pending rows by createdAt, without paused streams and blocked order keys. */
  window(o: {
    partitions: readonly number[];
    limit: number;
    pausedStreams?: readonly string[];
    blockedKeys?: readonly string[];
  }): Promise<readonly OutboxRow[]>;
  /** Per key its lowest unpublished rows (pending or quarantined) by orderSeq, at most `each`. */
  heads(keys: readonly string[], each: number): Promise<ReadonlyMap<string, readonly OutboxRow[]>>;
  get(id: MessageId): Promise<OutboxRow | undefined>;
  stats(): Promise<{ pending: number; quarantined: number; oldestPendingAt: Instant | undefined }>;
  list(o: { state: OutboxState; limit: number; after?: string | undefined }): Promise<Page<OutboxRow>>;
  /** Published rows in the order of their publication, each order key by orderSeq; to be published again. */
  published(o: PublishedRange & { limit: number; after?: string | undefined }): Promise<Page<OutboxRow>>;
  countPublished(o: PublishedRange): Promise<number>;
  /** Deletes published rows older than the given instant; returns how many. */
  purgePublished(before: Instant, limit: number): Promise<number>;
}

export interface Leases {
  /** The epoch, +1 at every change of owner or take-up after expiry; nothing while another holds it. */
  acquire(name: string, owner: string, ttlMs: number): Promise<number | undefined>;
  renew(name: string, owner: string, epoch: number, ttlMs: number): Promise<boolean>;
  release(name: string, owner: string, epoch: number): Promise<void>;
  /** Renews those of these (name to epoch) that this owner still holds; answers their names. */
  renewAll(owner: string, held: ReadonlyMap<string, number>, ttlMs: number): Promise<ReadonlySet<string>>;
  /** Names with this beginning that somebody holds now. */
  held(prefix: string): Promise<readonly string[]>;
}

export type TransactionOptions = Readonly<{
  /** 10 s when left out. */
  timeoutMs?: number;
  /**
   * Many small pieces of work in one unit: writes may be held back and sent together, so a refusal may come with a
   * later operation or with the commit, and names no piece. Whoever asks for it runs each piece alone when the whole
   * fails.
   */
  batch?: boolean;
}>;

export type StoreHealth = Readonly<{
  ok: boolean;
  detail?: string;
  /** An outage that passes without us: work waits, nothing is wrong with this process. */
  passing?: boolean;
  durability: 'strict' | 'relaxed';
}>;

/** A context's own datastore. Nothing reads or writes another context's. */
export interface Store {
  /** Last committed state. Inside a unit (ctx carries one) it reads through the unit. */
  collection<T>(def: CollectionDef<T>, ctx: Context): Reader<T>;
  /** Runs `fn` in one transaction, joining the unit of `ctx` if it carries one. `fn` may run several times. */
  transaction<R>(ctx: Context, fn: (unit: Unit) => Promise<R>, options?: TransactionOptions): Promise<R>;
  /** Documents of all tenants in pages, deleted ones too: for migrations and maintenance, never for use cases. */
  scan<T>(def: CollectionDef<T>, page: { limit: number; after?: string | undefined }): Promise<Page<Stored<T>>>;
  readonly outbox: OutboxReader;
  readonly commands: Commands;
  readonly leases: Leases;
  /** Store time: the only clock for leases, timers, expiry. */
  now(): Promise<Instant>;
  /**
   * Makes what these collections need, before the first write to them; what is there already stays.
   * @throws STORE.SCHEMA_MISSING where the store was opened to look only
   */
  prepare(collections: readonly CollectionDef[]): Promise<void>;
  /**
   * Removes inbox, commands and the rows of these collections that have served their time, used since the store was
   * opened or not; a leased sweep calls it, page after page. Returns how many of each.
   */
  sweep(collections: readonly CollectionDef[]): Promise<Readonly<Record<string, number>>>;
  /** Called after every commit that added outbox rows; returns how to stop listening. */
  onOutbox(listener: (rows: readonly NewOutboxRow[]) => void): () => void;
  health(): Promise<StoreHealth>;
  close(): Promise<void>;
}

/** Turns what `translate` answers into an outbox row; injected, because this library sees rows only. */
export interface Encoder<M> {
  /** Whether the message takes an event number of its aggregate (events do, commands do not). */
  numbered(message: M): boolean;
  encode(message: M, meta: EncodeMeta): NewOutboxRow;
}
export type EncodeMeta = Readonly<{
  ctx: Context;
  /** The message's id where the caller must know it beforehand (sagas do); else the encoder makes one. */
  id?: MessageId;
  occurredAt: Instant;
  /** Set for numbered messages; `version` is the event's number. */
  aggregate?: Readonly<{ type: string; id: string; version: number }>;
}>;

export type UpdateOptions = Readonly<{
  /** What If-Match carried: another version throws STORE.VERSION_CONFLICT with `currentVersion`; '*' or absent: no check. */
  expectedVersion?: number | '*' | undefined;
}>;

/** Aggregates of one type, bound to a ctx. `decide` is pure and synchronous; what it throws aborts unchanged. */
export interface Repository<S, E> extends Reader<S> {
  create<R = void>(id: string, decide: () => Decision<S, E>, reply?: (state: Stored<S>) => R): Promise<R>;
  update<R = void>(
    id: string,
    decide: (state: Stored<S>) => Decision<S, E>,
    reply?: (state: Stored<S>) => R,
    options?: UpdateOptions,
  ): Promise<R>;
  /** Soft-deletes; `events` are published with it. */
  delete(id: string, decide: (state: Stored<S>) => readonly E[], options?: UpdateOptions): Promise<void>;
  restore<R = void>(
    id: string,
    decide: (state: Stored<S>) => Decision<S, E>,
    reply?: (state: Stored<S>) => R,
  ): Promise<R>;
}
export type Repositories<S, E> = (ctx: Context) => Repository<S, E>;

export type RepositoryDef<S, E, M> = Readonly<{
  store: Store;
  collection: CollectionDef<S>;
  /** Aggregate name in envelopes and order keys. */
  aggregate: string;
  /** Facts of this context to messages of the published language; the state is the one after the decision. */
  translate: (event: E, state: S) => readonly M[];
  encoder: Encoder<M>;
}>;

export type StoreOptions = Readonly<{
  clock: Clock;
  /** `verify`: a server's collections are looked for and not made; files are made by their only process in any case. */
  migrations?: 'apply' | 'verify';
  /** Monotonic milliseconds, the process's own when left out: how long units may share a commit. */
  elapsedMs?: () => number;
  /** Runs every unit twice, the first time rolled back: proves that callbacks may run again. */
  rerun?: boolean;
  /** Stops at `unit.beforeCommit` and `unit.afterCommit`; tests only. */
  probe?: Probe;
}>;
