import type { Page } from '@gts/kernel';

// A filter that no index serves looks at this many pages before it answers what it has, with a cursor to go on.
const MOST_PAGES = 20;

type Fetch<T> = (limit: number, after: string | undefined) => Promise<Page<T>>;
type Wanted<T> = Readonly<{ limit: number; cursor?: string | undefined; matches: (each: T) => boolean }>;

/** Fills one page with rows that match, reading on where a page was thinned out. */
export async function fillPage<T>(fetch: Fetch<T>, { limit, cursor, matches }: Wanted<T>): Promise<Page<T>> {
  const items: T[] = [];
  let next: string | null = cursor ?? null;
  for (let pages = 0; pages < MOST_PAGES && items.length < limit; pages += 1) {
    const page: Page<T> = await fetch(limit - items.length, next ?? undefined);
    items.push(...page.items.filter(matches));
    next = page.next;
    if (next === null) break;
  }
  return { items, next };
}
