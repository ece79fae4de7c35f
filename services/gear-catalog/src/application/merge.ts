type Keyed = Readonly<{ key: string }>;

/** Merges sorted sources into one sorted source, reading no further than it is asked. */
export async function* merged<T extends Keyed>(
  sources: readonly AsyncIterable<T>[],
  order: 'asc' | 'desc',
): AsyncGenerator<T> {
  const readers = sources.map((each) => each[Symbol.asyncIterator]());
  const heads: (T | undefined)[] = [];
  for (const reader of readers) heads.push(await nextOf(reader));
  for (;;) {
    const first = indexOfFirst(heads, order);
    const head = heads[first];
    const reader = readers[first];
    if (head === undefined || reader === undefined) return;
    yield head;
    heads[first] = await nextOf(reader);
  }
}

async function nextOf<T>(reader: AsyncIterator<T>): Promise<T | undefined> {
  const result = await reader.next();
  return result.done ? undefined : result.value;
}

function indexOfFirst(heads: readonly (Keyed | undefined)[], order: 'asc' | 'desc'): number {
  let best = -1;
  for (const [i, head] of heads.entries()) {
    const champion = heads[best];
    if (!head) continue;
    if (!champion || (order === 'asc' ? head.key < champion.key : head.key > champion.key)) best = i;
  }
  return best;
}
