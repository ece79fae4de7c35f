import type { Users } from '../access/users.ts';
import type { Pool } from '../postgres/pool.ts';
import type { Row, Statement } from '../postgres/protocol.ts';
import type { Command } from '../wire/frame.ts';
import type { Cursors } from './cursors.ts';
import type { ReplicaSet } from './replica-set.ts';
import type { RetryableWrites } from './retryable-writes.ts';
import type { Transactions } from './transactions.ts';

/** Runs statements in one round trip where the command belongs: on a pooled connection, or on its transaction's. */
export type Run = (statements: readonly Statement[]) => Promise<readonly (readonly Row[])[]>;

/** A command with the place where it runs. `transaction` is the key of the transaction it is part of. */
export type Call = Readonly<{
  command: Command;
  query: (statement: Statement) => Promise<readonly Row[]>;
  transaction: string | undefined;
}>;

/** `failed`: the answer tells of errors, which inside a transaction means its end. */
export type Answer = Readonly<{ document: Buffer; failed?: boolean }>;

export type Handler = (call: Call, gateway: Gateway) => Promise<Answer>;

/** Everything a running gateway holds. */
export type Gateway = Readonly<{
  pool: Pool;
  cursors: Cursors;
  transactions: Transactions;
  retryable: RetryableWrites;
  users: Users;
  /** Whether a client must sign in before it may do anything. */
  asksForSignIn: boolean;
  /** How long a single write is tried again while a transaction is in its way. */
  patienceMs: number;
  replicaSet: ReplicaSet;
  /** Milliseconds of a clock that only goes forward. */
  now: () => number;
  log: (line: string) => void;
}>;
