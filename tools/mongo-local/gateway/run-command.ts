import { setTimeout as pause } from 'node:timers/promises';
import { countDocuments, elementsOf, nestedOf, numberOf } from '../bson/elements.ts';
import type { Command } from '../wire/frame.ts';
import { catalogue } from './catalogue.ts';
import { CommandError, isConflict } from './errors.ts';
import type { Answer, Call, Gateway, Handler, Run } from './gateway.ts';
import { insideTransaction, officialError } from './official-errors.ts';
import { reads } from './reads.ts';
import { startsTransaction, type TransactionRef } from './transaction-ref.ts';
import { writes } from './writes.ts';

const handlers: ReadonlyMap<string, Handler> = new Map(Object.entries({ ...reads, ...writes, ...catalogue }));
const TIME_IS_OVER = 50;
const MOST_PAUSE_MS = 40;
const SET_TIMEOUT = `select set_config('statement_timeout', $1, false)`;

export const handlerOf = (name: string): Handler | undefined => handlers.get(name);

/**
 * With `maxTimeMS` the statement goes between setting and lifting the limit, without waiting in between. Each of the
 * three is a batch of its own: in one transaction with others a sorted first page would end its cursor with itself.
 * Where the statement fails inside a transaction the lifting fails too, and the rollback does it.
 */
function queryOf({ fields }: Command, run: Run): Call['query'] {
  const limitMs = Math.ceil(numberOf(fields.get('maxTimeMS')) ?? 0);
  if (limitMs <= 0) return async (statement) => (await run([statement]))[0] ?? [];
  const limit = (value: string) => run([{ sql: SET_TIMEOUT, values: [value] }]);
  return async (statement) => {
    const [set, done] = await Promise.allSettled([limit(`${limitMs}ms`), run([statement]), limit('0')]);
    if (set.status === 'rejected') throw set.reason;
    if (done.status === 'rejected') throw done.reason;
    return done.value[0] ?? [];
  };
}

/** Runs a command as part of its transaction, which the first one opens. */
export async function runInside(
  { ref, owner }: Readonly<{ ref: TransactionRef; owner: object }>,
  { command, handler }: Readonly<{ command: Command; handler: Handler }>,
  gateway: Gateway,
): Promise<Buffer> {
  const { transactions } = gateway;
  try {
    if (startsTransaction(command)) transactions.begin(ref, owner);
    const { document } = await transactions.execute(ref, owner, (run) =>
      handler({ command, query: queryOf(command, run), transaction: ref.key }, gateway),
    );
    return document;
  } catch (error) {
    throw insideTransaction(await officialError(error, command, gateway));
  }
}

/** Several writes of one command take effect together, so that a conflict in one can be tried again from nothing. */
function hasSeveralWrites({ name, fields, sequences }: Command): boolean {
  const list = { insert: 'documents', update: 'updates', delete: 'deletes' }[name];
  if (list === undefined) return false;
  const sequence = sequences.get(list);
  if (sequence) return countDocuments(sequence) > 1;
  const array = nestedOf(fields.get(list));
  return array !== undefined && elementsOf(array).length > 1;
}

async function together(run: Run, use: (run: Run) => Promise<Answer>): Promise<Answer> {
  await run([{ sql: 'begin' }]);
  try {
    const answer = await use(run);
    await run([{ sql: 'commit' }]);
    return answer;
  } catch (error) {
    await run([{ sql: 'rollback' }]);
    throw error;
  }
}

async function once(command: Command, handler: Handler, gateway: Gateway): Promise<Buffer> {
  const use = (run: Run) => handler({ command, query: queryOf(command, run), transaction: undefined }, gateway);
  try {
    const { document } = await gateway.pool.use((connection) => {
      const run: Run = (statements) => connection.run(statements);
      return hasSeveralWrites(command) ? together(run, use) : use(run);
    });
    return document;
  } catch (error) {
    throw await officialError(error, command, gateway);
  }
}

/** Runs a command by itself. A conflict with a transaction is never shown: the command is tried again for a while. */
export async function runAlone(command: Command, handler: Handler, gateway: Gateway): Promise<Buffer> {
  const until = gateway.now() + gateway.patienceMs;
  for (;;) {
    try {
      return await once(command, handler, gateway);
    } catch (error) {
      if (!isConflict(error)) throw error;
      if (gateway.now() >= until)
        throw new CommandError(TIME_IS_OVER, `${command.name}: a transaction stood in the way all the time`);
      await pause(Math.random() * MOST_PAUSE_MS);
    }
  }
}
