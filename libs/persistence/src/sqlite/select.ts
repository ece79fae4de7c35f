import type { SQLInputValue } from 'node:sqlite';
import type { CollectionDef, Scalar } from '../ports';
import type { Bound, Plan, Term } from '../session';
import { expression, sideOf, tableOf } from './schema';

type Piece = Readonly<{ sql: string; values: readonly SQLInputValue[] }>;
const none: Piece = { sql: '', values: [] };
const bound = (value: Scalar): SQLInputValue => (typeof value === 'boolean' ? Number(value) : value);

/** What follows the columns: keys, table, conditions and order of a planned query. */
export function selectOf(def: CollectionDef, { tenant, plan }: { tenant: string; plan: Plan }): Piece {
  const order = plan.order.map(expression);
  const keys = order.map((each, at) => `, ${each} AS k${at}`).join('');
  const direction = plan.descending ? 'DESC' : 'ASC';
  const sorted = [...order, 'id'].map((each) => `${each} ${direction}`).join(', ');
  const pieces = [
    { sql: 'tenant = ?', values: [tenant] },
    ...(plan.includeDeleted ? [] : [{ sql: 'deleted_at IS NULL', values: [] }]),
    hasPiece(def, tenant, plan),
    ...plan.terms.map(termPiece),
    afterPiece([...order, 'id'], plan),
  ].filter(({ sql }) => sql !== '');
  const where = pieces.map(({ sql }) => sql).join(' AND ');
  return {
    sql: `${keys} FROM ${tableOf(def)} WHERE ${where} ORDER BY ${sorted} LIMIT ?`,
    values: [...pieces.flatMap(({ values }) => values), plan.limit],
  };
}

function hasPiece(def: CollectionDef, tenant: string, { has }: Plan): Piece {
  if (!has) return none;
  const sql = `id IN (SELECT id FROM ${sideOf(def, has.field)} WHERE tenant = ? AND value = ?)`;
  return { sql, values: [tenant, bound(has.value)] };
}

function termPiece(term: Term): Piece {
  const key = expression(term);
  return term.kind === 'in' ? inPiece(key, term.values) : rangePiece(key, term);
}

function inPiece(key: string, values: readonly Scalar[]): Piece {
  const [only] = values;
  if (values.length === 1 && only !== undefined) return { sql: `${key} IS ?`, values: [bound(only)] };
  const present = values.filter((value) => value !== null).map(bound);
  const list = `${key} IN (${present.map(() => '?').join(', ')})`;
  return { sql: present.length < values.length ? `(${list} OR ${key} IS NULL)` : list, values: present };
}

const leastText: Bound = { value: '', inclusive: true };
const belowText: Bound = { value: '', inclusive: false };

/** A range holds values of the type of its bounds only: text is not above every number. */
function rangePiece(key: string, { from, to }: { from?: Bound; to?: Bound }): Piece {
  const text = typeof (from ?? to)?.value === 'string';
  const [low, high] = text ? [from ?? leastText, to] : [from, to ?? belowText];
  const parts = [comparison(key, '>', low), comparison(key, '<', high)].filter((part) => part !== undefined);
  return { sql: parts.map(({ sql }) => sql).join(' AND '), values: parts.map(({ value }) => value) };
}

const comparison = (key: string, sign: '<' | '>', limit: Bound | undefined) =>
  limit && { sql: `${key} ${sign}${limit.inclusive ? '=' : ''} ?`, value: bound(limit.value) };

/** Rows behind the last keys of the page before; null is a key like any other and comes first. */
function afterPiece(order: readonly string[], { after, descending }: Plan): Piece {
  if (!after) return none;
  const cases = order.map((key, at) => {
    const equal = order.slice(0, at).map((each) => `${each} IS ?`);
    const behind = behindPiece(key, after[at] ?? null, descending);
    return {
      sql: [...equal, behind.sql].join(' AND '),
      values: [...after.slice(0, at).map(bound), ...behind.values],
    };
  });
  return { sql: `(${cases.map(({ sql }) => `(${sql})`).join(' OR ')})`, values: cases.flatMap(({ values }) => values) };
}

function behindPiece(key: string, value: Scalar, descending: boolean): Piece {
  if (value === null) return { sql: descending ? '0' : `${key} IS NOT NULL`, values: [] };
  if (descending) return { sql: `(${key} < ? OR ${key} IS NULL)`, values: [bound(value)] };
  return { sql: `${key} > ?`, values: [bound(value)] };
}
