import { elementsOf, flagOf, nestedOf } from '../bson/elements.ts';
import type { Command } from '../wire/frame.ts';

/** Names a transaction: its session, its number there, and both as one key. */
export type TransactionRef = Readonly<{ session: string; number: bigint; key: string }>;

const LONG = 0x12;

/** The session of a command as text; undefined without one. */
function sessionOf({ fields }: Command): string | undefined {
  const lsid = nestedOf(fields.get('lsid'));
  const id = lsid && elementsOf(lsid).find(({ name }) => name === 'id');
  return id?.value.toString('hex');
}

/** The number of a transaction or of a retryable write. */
export function numberedOf(command: Command): TransactionRef | undefined {
  const session = sessionOf(command);
  const field = command.fields.get('txnNumber');
  if (session === undefined || field?.type !== LONG) return undefined;
  const number = field.value.readBigInt64LE();
  return { session, number, key: `${session}:${number}` };
}

/** The transaction a command belongs to; undefined for one outside. */
export const transactionOf = (command: Command): TransactionRef | undefined =>
  flagOf(command.fields.get('autocommit')) === false ? numberedOf(command) : undefined;

export const startsTransaction = ({ fields }: Command): boolean => flagOf(fields.get('startTransaction')) === true;
