import { epochMsOf, type Instant, type Page } from '@gts/kernel';
import type { OutboxRow } from './ports';

/** Where a published row stands among all: when, and within its order key where. */
export type Position = readonly [atMs: number, orderKey: string, orderSeq: number];

export const placeOf = ({ publishedAt, orderKey, orderSeq }: OutboxRow): Position => [
  epochMsOf(publishedAt as Instant),
  orderKey,
  orderSeq,
];

export const positionOf = (cursor: string | undefined): Position | undefined =>
  cursor === undefined ? undefined : (JSON.parse(cursor) as Position);

/** A page of rows of which one more than `limit` was read. */
export function pageOf(rows: readonly OutboxRow[], limit: number): Page<OutboxRow> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: rows.length > limit && last ? JSON.stringify(placeOf(last)) : null };
}

export const comparePlaces = (a: Position, b: Position): number =>
  a[0] - b[0] || (a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : 0) || a[2] - b[2];
