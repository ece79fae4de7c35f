/** The closed table of kinds: what a caller may do about an error. A new kind changes ADR 0006. */
export type Kind =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not-found'
  | 'rule-violated'
  | 'conflict'
  | 'limited'
  | 'unavailable'
  | 'bug';

/** One of several findings in one refusal; `pointer` is an RFC 6901 JSON pointer into the input. */
export type Finding = Readonly<{
  code: string;
  pointer?: string | undefined;
  parameter?: string | undefined;
  header?: string | undefined;
  detail: string;
  limit?: number | string | undefined;
}>;

/** Facts about an error that a caller may see; `errors` holds the findings of a collecting code. */
export type Details = Readonly<{ errors?: readonly Finding[] | undefined } & Record<string, unknown>>;

type Fault = Readonly<{
  kind: Kind;
  code: string;
  message: string;
  details?: Details | undefined;
  retryAfterMs?: number | undefined;
  cause?: unknown;
}>;

const brand: unique symbol = Symbol.for('gts.error');

/** An error that a caller can act on: a kind of the closed table and a stable code `<PREFIX>.<UPPER_SNAKE>`. */
export class DomainError extends Error {
  readonly [brand] = true;
  readonly kind: Kind;
  readonly code: string;
  readonly details: Details | undefined;
  readonly retryAfterMs: number | undefined;

  constructor({ kind, code, message, details, retryAfterMs, cause }: Fault) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'DomainError';
    this.kind = kind;
    this.code = code;
    this.details = details;
    this.retryAfterMs = retryAfterMs;
  }
}

/** Tests the brand, never the class: two copies of this library in one process agree. */
export const isDomainError = (error: unknown): error is DomainError =>
  typeof error === 'object' && error !== null && brand in error;

/** Whatever is not branded is a bug. */
export const kindOf = (error: unknown): Kind => (isDomainError(error) ? error.kind : 'bug');

export const hasCode = (error: unknown, code: string): error is DomainError =>
  isDomainError(error) && error.code === code;

const statuses: Readonly<Record<Kind, number>> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  'rule-violated': 422,
  conflict: 409,
  limited: 429,
  unavailable: 503,
  bug: 500,
};

/** HTTP status of a kind; the gateway narrows some (api.md §1). */
export const statusOf = (kind: Kind): number => statuses[kind];

/** How one code is declared: `message` builds the text for people from its arguments, `advice` says what to do next. */
export type ErrorEntry = Readonly<{
  kind: Kind;
  summary: string;
  advice?: string;
  message: (...detail: never[]) => string;
}>;
type Extra = Readonly<{ details?: Details; retryAfterMs?: number; cause?: unknown }>;
type Constructor<Args extends unknown[]> = ((...detail: Args) => DomainError) & {
  readonly code: string;
  /** The same error with details, a retry hint or its cause. */
  with(extra: Extra, ...detail: Args): DomainError;
};
export type ErrorTable<T extends Record<string, ErrorEntry>> = {
  readonly [K in keyof T]: Constructor<Parameters<T[K]['message']>>;
};

/** One row of the product's error table, as `docs/errors.md` lists it. */
export type ErrorRow = Readonly<{ code: string; kind: Kind; summary: string; advice: string }>;
const rows: ErrorRow[] = [];

/** Every code that the loaded modules declare, in order of declaration. */
export const errorRows = (): readonly ErrorRow[] => rows;

/** Declares the error table of one prefix: a constructor a code, `<prefix>.<CODE>` on the wire. */
export function errors<T extends Record<string, ErrorEntry>>(prefix: string, table: T): ErrorTable<T> {
  const entries = Object.entries(table).map(([name, { kind, message, summary, advice = '' }]) => {
    const code = `${prefix}.${name}`;
    rows.push({ code, kind, summary, advice });
    const text = message as (...detail: unknown[]) => string;
    const make = (...detail: unknown[]) => new DomainError({ kind, code, message: text(...detail) });
    const extended = (extra: Extra, ...detail: unknown[]) =>
      new DomainError({ kind, code, message: text(...detail), ...extra });
    return [name, Object.assign(make, { code, with: extended })] as const;
  });
  return Object.fromEntries(entries) as unknown as ErrorTable<T>;
}
