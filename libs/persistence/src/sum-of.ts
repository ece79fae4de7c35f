import type { Query, Reader, Stored } from './ports';

const PAGE = 200;
type Rows<T> = Readonly<{ rows: Pick<Reader<T>, 'query'> } & Pick<Query, 'index' | 'includeDeleted'>>;

/**
 * What the rows of a workspace sum up to, read page by page in the order of an index: where a counter begins that is
 * younger than what it counts.
 */
export async function sumOf<T>({ rows, ...query }: Rows<T>, of: (row: Stored<T>) => number = () => 1): Promise<number> {
  let sum = 0;
  for (let after: string | undefined; ;) {
    const { items, next } = await rows.query({ ...query, limit: PAGE, after });
    for (const row of items) sum += of(row);
    if (next === null) return sum;
    after = next;
  }
}
