import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { isDomainError } from '@gts/kernel';
import { storeErrors } from '../errors';
import { fold } from '../plan';

export type SqliteSync = 'full' | 'normal';
type Row = Record<string, unknown>;
type Faulty = Readonly<{ errcode?: number; message?: string }>;
const UNIQUE = 2067;
const PRIMARY_KEY = 1555;

/** One connection with its statements, each prepared once; faults become errors of the store. */
export class Connection {
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  readonly #readOnly: boolean;

  constructor(file: string, o: { sync: SqliteSync; nowMs: () => number; readOnly: boolean }) {
    this.#readOnly = o.readOnly;
    this.#db = translated('', () => new DatabaseSync(file, { readOnly: o.readOnly, timeout: 5000 }));
    this.#db.function('store_now', () => o.nowMs());
    this.#db.function('nfkc_lower', { deterministic: true }, (value) =>
      typeof value === 'string' ? fold(value) : value,
    );
    if (!o.readOnly) this.exec(`PRAGMA journal_mode=WAL; PRAGMA synchronous=${o.sync}; PRAGMA foreign_keys=ON`);
  }

  exec(sql: string): void {
    translated('', () => this.#db.exec(sql));
  }

  /** `what` names the collection in errors. */
  run(what: string, sql: string, ...values: SQLInputValue[]): number {
    return translated(what, () => Number(this.#prepared(sql)?.run(...values).changes));
  }
  get<R = Row>(sql: string, ...values: SQLInputValue[]): R | undefined {
    return translated('', () => this.#prepared(sql)?.get(...values)) as R | undefined;
  }
  all<R = Row>(sql: string, ...values: SQLInputValue[]): R[] {
    return translated('', () => this.#prepared(sql)?.all(...values) ?? []) as R[];
  }

  close(): void {
    this.#statements.clear();
    this.#db.close();
  }

  /** Nothing where the reader asks for a table that another connection has made but not committed: it is empty. */
  #prepared(sql: string): StatementSync | undefined {
    let statement = this.#statements.get(sql);
    if (statement) return statement;
    try {
      statement = this.#db.prepare(sql);
    } catch (error) {
      if (this.#readOnly && /no such table: c_/.test((error as Faulty).message ?? '')) return undefined;
      throw error;
    }
    // Shapes come from declared queries, so there are few; a bound keeps a mistake from growing for ever.
    if (this.#statements.size >= 1000) this.#statements.clear();
    this.#statements.set(sql, statement);
    return statement;
  }
}

function translated<R>(what: string, work: () => R): R {
  try {
    return work();
  } catch (error) {
    throw errorOf(what, error);
  }
}

function errorOf(what: string, error: unknown): unknown {
  if (isDomainError(error)) return error;
  const { errcode, message = '' } = error as Faulty;
  if (errcode === UNIQUE || errcode === PRIMARY_KEY) {
    const index = errcode === PRIMARY_KEY ? 'id' : (/index '(?:.*\.)?([^']+)'/.exec(message)?.[1] ?? 'id');
    return storeErrors.DUPLICATE_KEY.with({ cause: error, details: { index } }, what, index);
  }
  // Busy, locked, full, I/O, read-only, cannot open: the file or its disk, not the statement.
  const passing = errcode !== undefined && [5, 6, 8, 10, 13, 14].includes(errcode & 0xff);
  return passing ? storeErrors.UNAVAILABLE.with({ cause: error, retryAfterMs: 1000 }, message) : error;
}
