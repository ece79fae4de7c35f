import { CONNECTION_LOST } from '../postgres/protocol.ts';

export const DUPLICATE_KEY = 11_000;
export const WRITE_CONFLICT = 112;
const SHUTDOWN = 91;
const NO_SUCH_TRANSACTION = 251;
export const INTERNAL = 1;

const CODES: Readonly<Record<string, number>> = {
  M001C: DUPLICATE_KEY,
  '23505': DUPLICATE_KEY,
  '23P01': DUPLICATE_KEY,
  '40001': WRITE_CONFLICT,
  '40P01': WRITE_CONFLICT,
  '55P03': WRITE_CONFLICT,
  M00F1: WRITE_CONFLICT,
  // Too many at once: a transaction may be run again, a single write waits.
  '53300': WRITE_CONFLICT,
  '57014': 50,
  M00EX: 50,
  M00F6: NO_SUCH_TRANSACTION,
  '57P01': SHUTDOWN,
  '57P02': SHUTDOWN,
  '57P03': SHUTDOWN,
  [CONNECTION_LOST]: SHUTDOWN,
  M0001: 2,
  M0003: 9,
  M0004: 14,
  M0008: 26,
  M0009: 27,
  M000E: 43,
  M000F: 48,
  M000R: 85,
  M000S: 86,
  M000U: 115,
  M001B: 10_334,
  '54000': 10_334,
  M003A: 17_419,
  '53100': 14_031,
  '42501': 13,
};
const TRANSIENT: ReadonlySet<number> = new Set([WRITE_CONFLICT, SHUTDOWN, NO_SUCH_TRANSACTION]);

/** The label by which a driver knows that it may run the whole transaction again. */
export const labelsOf = (code: number, inTransaction: boolean): readonly string[] =>
  inTransaction && TRANSIENT.has(code) ? ['TransientTransactionError'] : [];

/** Code of an SQLSTATE; 1 for one that stands in no table. */
export const codeOfState = (sqlState: string): number => CODES[sqlState] ?? INTERNAL;

/** The five characters PostgreSQL packs into an integer, six bits each: 319029277 is `M001C`. */
export const unpackState = (packed: number): string =>
  [0, 6, 12, 18, 24].map((shift) => String.fromCharCode(((packed >> shift) & 63) + 48)).join('');

/** Codes in answers come packed or plain: small numbers are codes already. */
export const codeOfWriteError = (code: number): number => (code > 0xff_ff_ff ? codeOfState(unpackState(code)) : code);
