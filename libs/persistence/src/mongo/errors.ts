import { type DomainError, isDomainError } from '@gts/kernel';
import { storeErrors } from '../errors';

/** What the driver throws, by its shape: two copies of the driver in one process agree. */
type Faulty = Readonly<{
  name?: string;
  message?: string;
  code?: number | string;
  keyPattern?: object;
  hasErrorLabel?: (label: string) => boolean;
}>;

const DUPLICATE_KEY = 11000;
const MAX_TIME = 50;
/** Write conflict, no such transaction: the whole callback may run again. */
const PASSING = new Set<unknown>([112, 251]);
/** Unauthorised, authentication failed. */
const DENIED = new Set<unknown>([13, 18]);
/**
 * Another node, or this one later: unreachable, shutting down, stepped down, not the primary, no majority in time, no
 * room on its disk.
 */
const AWAY = new Set<unknown>([
  6, 7, 64, 89, 91, 100, 133, 134, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436, 14031,
]);
/** An index of that name, or over those keys, is there and is another one. */
const INDEX_CONFLICT = new Set<unknown>([85, 86]);
/** A document or a command above 16 MiB, which no repetition makes smaller. */
const TOO_LARGE = new Set<unknown>([10334, 17419, 17420]);
const NETWORK = /^Mongo(Network|ServerSelection|PoolCleared|ConnectionPool|WaitQueue|TopologyClosed|NotConnected)/;

const labelled = (error: unknown, label: string): boolean => (error as Faulty).hasErrorLabel?.(label) === true;
const codeIn = (error: unknown): unknown => (error as Faulty | null)?.code;

/** Whether nothing was written and the whole unit may simply run again. */
export const isPassing = (error: unknown): boolean =>
  typeof error === 'object' &&
  error !== null &&
  !isDomainError(error) &&
  (PASSING.has(codeIn(error)) || labelled(error, 'TransientTransactionError')) &&
  codeIn(error) !== DUPLICATE_KEY;

/** Whether nobody can say yet if the commit took place; repeating the commit asks. */
export const isUnknownCommit = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && labelled(error, 'UnknownTransactionCommitResult');

/** A fault of the driver as an error of the store; `what` names the collection. Others pass unchanged. */
export function errorOf(what: string, error: unknown): unknown {
  if (isDomainError(error) || typeof error !== 'object' || error === null) return error;
  return rules.find(({ holds }) => holds(error))?.made(error, what) ?? error;
}

type Rule = Readonly<{ holds: (error: Faulty) => boolean; made: (error: Faulty, what: string) => DomainError }>;
const later = { retryAfterMs: 1000 };
const unavailable = (cause: Faulty) => storeErrors.UNAVAILABLE.with({ cause, ...later }, cause.message ?? '');

/** In this order: a duplicate inside a transaction carries the labels of a passing fault on some servers. */
const rules: readonly Rule[] = [
  { holds: ({ code }) => code === DUPLICATE_KEY, made: (error, what) => duplicate(what, error) },
  {
    // Also where a transaction may run again: when it did and the line is still cut, that is what there is to say.
    holds: ({ name = '' }) => NETWORK.test(name),
    made: unavailable,
  },
  { holds: isPassing, made: (cause) => storeErrors.BUSY.with({ cause, ...later }) },
  {
    holds: ({ code }) => DENIED.has(code),
    made: (cause) => storeErrors.ACCESS_DENIED.with({ cause }, cause.message ?? ''),
  },
  {
    holds: ({ code }) => code === MAX_TIME,
    made: (cause) => storeErrors.DEADLINE_EXCEEDED.with({ cause, ...later }),
  },
  {
    holds: ({ code }) => AWAY.has(code),
    made: unavailable,
  },
  {
    holds: ({ code }) => INDEX_CONFLICT.has(code),
    made: (cause) => storeErrors.MIGRATION_REFUSED.with({ cause }, cause.message ?? ''),
  },
  {
    holds: ({ code }) => TOO_LARGE.has(code),
    made: (cause, what) => storeErrors.DOCUMENT_INVALID.with({ cause }, what, '*', 'too large for the store'),
  },
];

/** `index: <name>` of the message; the names that carry a digest lose it. */
function duplicate(what: string, error: Faulty): DomainError {
  const named = /index: ([^\s]+)/.exec(error.message ?? '')?.[1] ?? Object.keys(error.keyPattern ?? {})[0];
  const index = named === undefined || named.startsWith('_id') ? 'id' : named.replace(/\.[0-9a-f]{8}$/, '');
  return storeErrors.DUPLICATE_KEY.with({ cause: error, details: { index } }, what, index);
}

/** Runs one call of the driver; its faults become errors of the store. */
export async function translated<R>(what: string, work: () => Promise<R>): Promise<R> {
  try {
    return await work();
  } catch (error) {
    throw errorOf(what, error);
  }
}
