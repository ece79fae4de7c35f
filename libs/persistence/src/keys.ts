import { fieldOf, fold } from './plan';
import type { IndexDef, Scalar } from './ports';
import type { Bound, DocumentRow, Term } from './session';

const parsed = new WeakMap<DocumentRow, Record<string, unknown>>();
/** Fields that the store keeps; a document's own field of that name goes before. */
const kept: Readonly<Record<string, (row: DocumentRow) => Scalar>> = {
  createdAt: (row) => row.createdAt,
  updatedAt: (row) => row.updatedAt,
};

function documentOf(row: DocumentRow): Record<string, unknown> {
  let document = parsed.get(row);
  if (!document) parsed.set(row, (document = JSON.parse(row.body) as Record<string, unknown>));
  return document;
}

/** Key of one field: absent is null, booleans count as 0 and 1, other things as their JSON text. */
export function keyOf(row: DocumentRow, { field, normalise }: { field: string; normalise: boolean }): Scalar {
  const document = documentOf(row);
  const value = Object.hasOwn(document, field) ? document[field] : undefined;
  if (value === undefined || value === null) return kept[field]?.(row) ?? null;
  if (typeof value === 'string') return normalise ? fold(value) : value;
  if (typeof value === 'number') return value;
  return typeof value === 'boolean' ? Number(value) : JSON.stringify(value);
}

/** Null, then numbers, then text by code points: what a binary comparison over UTF-8 gives. */
export function compare(a: Scalar, b: Scalar): number {
  const [rankA, rankB] = [rank(a), rank(b)];
  if (rankA !== rankB || a === null || b === null) return rankA - rankB;
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b);
  return Number(a) - Number(b);
}

const rank = (value: Scalar): number => (value === null ? 0 : typeof value === 'string' ? 2 : 1);

export function compareText(a: string, b: string): number {
  for (let at = 0; at < a.length && at < b.length; at += 1) {
    if (a.charCodeAt(at) === b.charCodeAt(at)) continue;
    // A differing low surrogate has an equal high one in front; comparing units there is comparing points.
    return (a.codePointAt(at) ?? 0) - (b.codePointAt(at) ?? 0);
  }
  return a.length - b.length;
}

export function matches(row: DocumentRow, term: Term): boolean {
  const key = keyOf(row, term);
  if (term.kind === 'in') return term.values.some((value) => compare(key, value) === 0);
  const bound = term.from ?? term.to;
  if (!bound || rank(key) !== rank(bound.value)) return false;
  return above(key, term.from) && below(key, term.to);
}

const above = (key: Scalar, from: Bound | undefined): boolean =>
  !from || compare(key, from.value) > 0 || (from.inclusive && compare(key, from.value) === 0);
const below = (key: Scalar, to: Bound | undefined): boolean =>
  !to || compare(key, to.value) < 0 || (to.inclusive && compare(key, to.value) === 0);

export function holds(row: DocumentRow, has: { field: string; value: Scalar } | undefined): boolean {
  if (!has) return true;
  const list = documentOf(row)[has.field];
  return Array.isArray(list) && list.some((each) => compare(each as Scalar, has.value) === 0);
}

/** The unique key of a live document; none when a part of it is null. */
export function uniqueKey(row: DocumentRow, index: IndexDef): string | undefined {
  if (!index.unique || row.deletedAt !== null) return undefined;
  const keys = index.fields.map((each) => keyOf(row, fieldOf(each)));
  return keys.includes(null) ? undefined : JSON.stringify(keys);
}
