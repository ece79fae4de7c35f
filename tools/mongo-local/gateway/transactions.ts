import type { Connection } from '../postgres/connection.ts';
import type { Pool } from '../postgres/pool.ts';
import { CONNECTION_LOST, SqlError, type Statement } from '../postgres/protocol.ts';
import { CommandError } from './errors.ts';
import type { Answer, Run } from './gateway.ts';
import { type Outcome, Outcomes } from './outcomes.ts';
import { labelsOf } from './sql-errors.ts';
import type { TransactionRef } from './transaction-ref.ts';

type Open = {
  readonly ref: TransactionRef;
  /** The client's connection that used it last: its end is the end of the transaction. */
  owner: object;
  connection?: Connection;
  usedAt: number;
  running: number;
  last: Promise<unknown>;
  hasEnded: boolean;
};
type Options = Readonly<{ pool: Pool; now: () => number; idleMs: number; onEnd: (key: string) => void }>;

const NO_SUCH_TRANSACTION = 251;
const COMMITTED = 256;
const TOO_OLD = 225;
const SHUTDOWN = 91;
// The official server refuses a second writer at once; waiting would also let two transactions wait for each other.
const BEGIN: readonly Statement[] = [
  { sql: 'begin isolation level repeatable read' },
  { sql: `set local lock_timeout = '25ms'` },
];

const gone = ({ key }: TransactionRef) =>
  new CommandError(
    NO_SUCH_TRANSACTION,
    `Given transaction number does not match any in-progress transaction (${key})`,
    labelsOf(NO_SUCH_TRANSACTION, true),
  );

/** Open transactions, each on a connection of its own, and how the ended ones ended. */
export class Transactions {
  readonly #open = new Map<string, Open>();
  readonly #latest = new Map<string, Open>();
  readonly #outcomes: Outcomes;
  readonly #options: Options;
  readonly #sweeper: NodeJS.Timeout;

  constructor(options: Options) {
    this.#options = options;
    this.#outcomes = new Outcomes(options.now);
    this.#sweeper = setInterval(() => this.#sweep(), Math.max(10, options.idleMs / 10)).unref();
  }

  get size(): number {
    return this.#open.size;
  }

  /** Opens a transaction; one that its session had open before is rolled back. @throws CommandError 225, 251 */
  begin(ref: TransactionRef, owner: object): void {
    const before = this.#latest.get(ref.session);
    if (before && before.ref.number > ref.number) throw new CommandError(TOO_OLD, `transaction ${ref.key} is too old`);
    if (before?.ref.number === ref.number || this.#outcomes.get(ref.key)) throw gone(ref);
    if (before) void this.#serially(before, () => this.#end(before, 'aborted'));
    const { now, pool } = this.#options;
    const open: Open = { ref, owner, usedAt: now(), running: 0, last: Promise.resolve(), hasEnded: false };
    this.#open.set(ref.key, open);
    this.#latest.set(ref.session, open);
    this.#serially(open, async () => {
      open.connection = await pool.acquire();
      await open.connection.run(BEGIN);
    }).catch(() => this.#end(open, 'aborted'));
  }

  /** Runs one command inside; whatever fails ends the transaction. @throws CommandError 251 for one that is not open */
  async execute(ref: TransactionRef, owner: object, use: (run: Run) => Promise<Answer>): Promise<Answer> {
    const open = this.#open.get(ref.key);
    if (!open) throw gone(ref);
    open.owner = owner;
    return this.#serially(open, async () => {
      const { connection } = open;
      if (open.hasEnded || !connection) throw gone(ref);
      try {
        const answer = await use((statements) => connection.run(statements));
        if (answer.failed) await this.#end(open, 'aborted');
        return answer;
      } catch (error) {
        await this.#end(open, 'aborted');
        throw error;
      }
    });
  }

  /** Ends well; again for one that did. @throws CommandError 251 when it was aborted or is not known */
  async commit(ref: TransactionRef): Promise<void> {
    const open = this.#open.get(ref.key);
    if (!open) return this.#sayCommitted(ref);
    await this.#serially(open, async () => {
      if (open.hasEnded || !open.connection) return this.#sayCommitted(ref);
      try {
        await open.connection.run([{ sql: 'commit' }]);
      } catch (error) {
        const isLost = error instanceof SqlError && error.sqlState === CONNECTION_LOST;
        await this.#end(open, isLost ? 'unknown' : 'aborted');
        throw error;
      }
      this.#close(open, 'committed');
    });
  }

  /** @throws CommandError 251 for one that is not open, 256 for a committed one */
  async abort(ref: TransactionRef): Promise<void> {
    const open = this.#open.get(ref.key);
    if (!open && this.#outcomes.get(ref.key) === 'committed')
      throw new CommandError(COMMITTED, `transaction ${ref.key} has been committed`);
    if (!open) throw gone(ref);
    await this.#serially(open, () => this.#end(open, 'aborted'));
  }

  /** A client's connection is gone: so are the transactions that it used last. */
  endOwner(owner: object): void {
    for (const open of this.#open.values())
      if (open.owner === owner) void this.#serially(open, () => this.#end(open, 'aborted'));
  }

  close(): void {
    clearInterval(this.#sweeper);
  }

  #sayCommitted(ref: TransactionRef): void {
    const outcome = this.#outcomes.get(ref.key);
    if (outcome === 'committed') return;
    if (outcome === 'unknown') throw new CommandError(SHUTDOWN, 'the outcome of the commit is unknown');
    throw gone(ref);
  }

  /** One thing after another, whatever connection of the client it came by. */
  #serially<T>(open: Open, work: () => Promise<T>): Promise<T> {
    open.running += 1;
    const done = open.last.then(work).finally(() => {
      open.running -= 1;
      open.usedAt = this.#options.now();
    });
    open.last = done.catch(() => {});
    return done;
  }

  async #end(open: Open, outcome: Outcome): Promise<void> {
    if (open.hasEnded) return;
    // One that cannot even roll back is closed: PostgreSQL then does it.
    await open.connection?.run([{ sql: 'rollback' }]).catch(() => open.connection?.close());
    this.#close(open, outcome);
  }

  #close(open: Open, outcome: Outcome): void {
    open.hasEnded = true;
    this.#outcomes.set(open.ref.key, outcome);
    this.#open.delete(open.ref.key);
    if (this.#latest.get(open.ref.session) === open) this.#latest.delete(open.ref.session);
    this.#options.onEnd(open.ref.key);
    if (open.connection) this.#options.pool.release(open.connection);
  }

  #sweep(): void {
    const { now, idleMs } = this.#options;
    for (const open of this.#open.values())
      if (open.running === 0 && now() - open.usedAt >= idleMs)
        void this.#serially(open, () => this.#end(open, 'aborted'));
  }
}
