import type { Document, Filter, Sort } from 'mongodb';
import type { Scalar } from '../ports';
import type { Bound, Plan, Term } from '../session';
import type { Kept } from './rows';
import { keyPath, listPath } from './schema';

const scalar = (value: Scalar): Scalar => (typeof value === 'boolean' ? Number(value) : value);

/** Condition and order of a planned query over the computed keys. */
export function selectOf(tenant: string, plan: Plan): { filter: Filter<Kept>; sort: Sort } {
  const order = [...plan.order.map(keyPath), 'id'];
  const pieces: Document[] = [
    { tenant },
    ...(plan.includeDeleted ? [] : [{ deletedAt: null }]),
    ...(plan.has ? [{ [listPath(plan.has.field)]: scalar(plan.has.value) }] : []),
    ...plan.terms.map(termOf),
    ...(plan.after ? [behind(order, plan.after, plan.descending)] : []),
  ];
  const direction = plan.descending ? -1 : 1;
  return {
    filter: { $and: pieces } as Filter<Kept>,
    sort: Object.fromEntries(order.map((path) => [path, direction])) as Sort,
  };
}

function termOf(term: Term): Document {
  const path = keyPath(term);
  if (term.kind === 'range') return { [path]: rangeOf(term) };
  const values = term.values.map(scalar);
  return { [path]: values.length === 1 ? { $eq: values[0] } : { $in: values } };
}

/** A comparison holds for values of the type of its bound only, as the port wants it. */
function rangeOf({ from, to }: { from?: Bound; to?: Bound }): Document {
  return {
    ...(from && { [from.inclusive ? '$gte' : '$gt']: scalar(from.value) }),
    ...(to && { [to.inclusive ? '$lte' : '$lt']: scalar(to.value) }),
  };
}

/** Rows behind the last keys of the page before; null is a key like any other and comes first. */
function behind(order: readonly string[], after: readonly Scalar[], descending: boolean): Document {
  const cases = order.map((path, at) => {
    const equal = order.slice(0, at).map((each, index) => ({ [each]: { $eq: after[index] ?? null } }));
    return { $and: [...equal, past(path, after[at] ?? null, descending)] };
  });
  return { $or: cases };
}

const texts = { $gte: '' };
const numbers = { $gte: -Infinity };
const nothing = { $in: [] };

/** Null, then numbers, then text; each comparison of the server sees one type, so the others are named. */
function past(path: string, value: Scalar, descending: boolean): Document {
  if (value === null) return { [path]: descending ? nothing : { $ne: null } };
  const text = typeof value === 'string';
  if (descending) {
    const below = [{ [path]: { $lt: value } }, { [path]: { $eq: null } }];
    return { $or: text ? [...below, { [path]: numbers }] : below };
  }
  return text ? { [path]: { $gt: value } } : { $or: [{ [path]: { $gt: value } }, { [path]: texts }] };
}
