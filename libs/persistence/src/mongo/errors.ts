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
/** Shutting down, primary stepped down, not the primary: another node, or this one later. */
const AWAY = new Set<unknown>([91, 189, 10107, 13435]);
const NETWORK = /^Mongo(Network|ServerSelection|PoolCleared|ConnectionPool|WaitQueue|TopologyClosed|NotConnected)/;
const TIMED_OUT = 'MongoOperationTimeoutError';

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

/** In this order: a duplicate inside a transaction carries the labels of a passing fault on some servers. */
const rules: readonly Rule[] = [
  { holds: ({ code }) => code === DUPLICATE_KEY, made: (error, what) => duplicate(what, error) },
  { holds: isPassing, made: (cause) => storeErrors.BUSY.with({ cause, ...later }) },
  {
    holds: ({ code }) => DENIED.has(code),
    made: (cause) => storeErrors.ACCESS_DENIED.with({ cause }, cause.message ?? ''),
  },
  {
    holds: ({ code, name }) => code === MAX_TIME || name === TIMED_OUT,
    made: (cause) => storeErrors.DEADLINE_EXCEEDED.with({ cause, ...later }),
  },
  {
    holds: ({ code, name = '' }) => AWAY.has(code) || NETWORK.test(name),
    made: (cause) => storeErrors.UNAVAILABLE.with({ cause, ...later }, cause.message ?? ''),
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
