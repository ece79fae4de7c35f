import { createHash } from 'node:crypto';
import { canonicalJson } from '@gts/kernel';
import { storeErrors } from './errors';
import type { CollectionDef, Condition, IndexDef, IndexField, Query, Scalar } from './ports';
import type { Bound, Plan, Term } from './session';

const MOST = 200;
const MOST_VALUES = 100;
type Field = Readonly<{ field: string; normalise: boolean }>;

/** Folds case and compatibility forms, so that `Ｆender` and `fender` are one key. */
export const fold = (text: string): string => text.normalize('NFKC').toLowerCase();
export const fieldOf = (each: IndexField): Field =>
  typeof each === 'string' ? { field: each, normalise: false } : { field: each.name, normalise: true };

/** Checks a query against its index. @throws STORE.QUERY_NOT_DECLARED, STORE.INVALID_CURSOR */
export function planOf(def: CollectionDef, tenant: string, query: Query): Plan {
  const index = Object.hasOwn(def.indexes, query.index) ? def.indexes[query.index] : undefined;
  if (!index) throw storeErrors.QUERY_NOT_DECLARED(def.name, `no index ${query.index}`);
  const limit = query.limit ?? 50;
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST)
    throw storeErrors.QUERY_NOT_DECLARED(def.name, `a page holds 1 to ${MOST}, not ${limit}`);
  const { terms, order, has } = split(def, index, query);
  const plan = {
    index: query.index,
    has,
    terms,
    order,
    descending: query.order === 'desc',
    limit,
    includeDeleted: query.includeDeleted ?? false,
  };
  return { ...plan, after: query.after === undefined ? undefined : keysIn(query.after, binding(def, tenant, plan)) };
}

type Parts = Pick<Plan, 'terms' | 'order' | 'has'>;

function split(def: CollectionDef, index: IndexDef, query: Query): Parts {
  const refuse = (why: string) => storeErrors.QUERY_NOT_DECLARED(def.name, `${query.index}: ${why}`);
  const where = new Map(Object.entries(query.where ?? {}));
  const has = index.has === undefined ? undefined : { field: index.has, value: hasValue(where.get(index.has), refuse) };
  if (index.has !== undefined) where.delete(index.has);
  const fields = index.fields.map(fieldOf);
  const terms: Term[] = [];
  for (const field of fields) {
    const condition = where.get(field.field);
    if (condition === undefined) break;
    where.delete(field.field);
    const term = termOf(field, condition, refuse);
    terms.push(term);
    if (term.kind === 'range') break;
  }
  if (where.size > 0) throw refuse(`it does not serve a condition on ${[...where.keys()].join(', ')}`);
  const fixed = terms.filter((term) => term.kind === 'in').length;
  return { terms, order: fields.slice(fixed), has };
}

type Refuse = (why: string) => Error;

function hasValue(condition: Condition | undefined, refuse: Refuse): Scalar {
  if (condition === undefined || condition === null || typeof condition === 'object')
    throw refuse('one value of the listed field is needed');
  return condition;
}

function termOf(field: Field, condition: Condition, refuse: Refuse): Term {
  const keyOf = (value: Scalar): Scalar => (field.normalise && typeof value === 'string' ? fold(value) : value);
  if (condition === null || typeof condition !== 'object') {
    if (!isScalar(condition)) throw refuse('a value must be a scalar');
    return { ...field, kind: 'in', values: [keyOf(condition)] };
  }
  if ('in' in condition) {
    const { in: values } = condition;
    if (!Array.isArray(values) || values.length > MOST_VALUES || !values.every(isScalar))
      throw refuse(`"in" takes at most ${MOST_VALUES} scalars`);
    return { ...field, kind: 'in', values: values.map(keyOf) };
  }
  if ('prefix' in condition) return prefixTerm(field, keyOf(condition.prefix), refuse);
  return rangeTerm(field, condition, { keyOf, refuse });
}

function prefixTerm(field: Field, prefix: Scalar, refuse: Refuse): Term {
  if (typeof prefix !== 'string') throw refuse('a prefix is text');
  const end = successor(prefix);
  const from = { value: prefix, inclusive: true };
  return { ...field, kind: 'range', from, ...(end !== undefined && { to: { value: end, inclusive: false } }) };
}

type Tools = Readonly<{ keyOf: (value: Scalar) => Scalar; refuse: Refuse }>;

function rangeTerm(field: Field, range: Exclude<Condition, Scalar>, { keyOf, refuse }: Tools): Term {
  const bounds = new Map(Object.entries(range).filter(([, value]) => value !== undefined));
  const pick = (open: string, closed: string): Bound | undefined => {
    const inclusive = bounds.has(closed);
    const value = bounds.get(inclusive ? closed : open) as Scalar | undefined;
    bounds.delete(open);
    bounds.delete(closed);
    if (value === null || (value !== undefined && !isScalar(value)))
      throw refuse('a bound is a number, text or boolean');
    return value === undefined ? undefined : { value: keyOf(value), inclusive };
  };
  const from = pick('gt', 'gte');
  const to = pick('lt', 'lte');
  if (bounds.size > 0 || (!from && !to)) throw refuse('a condition is a value, in, prefix or a range');
  return { ...field, kind: 'range', ...(from && { from }), ...(to && { to }) };
}

const isScalar = (value: unknown): value is Scalar =>
  value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);

/** The least text above all that begin with `prefix`, by code points; none when nothing is above. */
function successor(prefix: string): string | undefined {
  const points = Array.from(prefix, (each) => each.codePointAt(0) ?? 0);
  while (points.at(-1) === 0x10ffff) points.pop();
  const last = points.pop();
  if (last === undefined) return undefined;
  return String.fromCodePoint(...points, last === 0xd7ff ? 0xe000 : last + 1);
}

/** What a cursor is bound to: list, workspace, filter and direction. */
const binding = (def: CollectionDef, tenant: string, plan: Omit<Plan, 'after'>): string => {
  const { limit: _, ...shape } = plan;
  return canonicalJson({ name: def.name, tenant, fields: def.indexes[plan.index], ...shape });
};
const digest = (bound: string, keys: readonly Scalar[]): string =>
  createHash('sha256').update(bound).update(canonicalJson(keys)).digest('base64url').slice(0, 22);

/** The opaque text that names the last row of a page. */
export function cursorOf(def: CollectionDef, tenant: string, page: { plan: Plan; keys: readonly Scalar[] }): string {
  const { after: _, ...plan } = page.plan;
  return Buffer.from(JSON.stringify([digest(binding(def, tenant, plan), page.keys), page.keys])).toString('base64url');
}

function keysIn(cursor: string, bound: string): readonly Scalar[] {
  try {
    const [seal, keys] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as [string, Scalar[]];
    if (Array.isArray(keys) && keys.every(isScalar) && seal === digest(bound, keys)) return keys;
  } catch {
    // Not JSON: answered like any other cursor that is not ours.
  }
  throw storeErrors.INVALID_CURSOR();
}
