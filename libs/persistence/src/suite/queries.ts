import type { Condition, Query, Scalar, Store } from '../ports';
import { A, B, code, idsOf, insert, seeded, things } from './kit';
import type { Fresh } from './make';

type Doc = Readonly<{ a?: Scalar; b?: Scalar; tags: readonly Scalar[] }>;
const values: readonly (Scalar | undefined)[] = [
  null,
  undefined,
  0,
  1,
  -3.5,
  2,
  10,
  true,
  false,
  '',
  'a',
  'ab',
  'abc',
  'b',
  'é',
  'z',
  '\uffee',
  '😀',
  '😀x',
  '10',
];

/** An independent reading of the rules: by buffers and ranks, not by the code under test. */
const rank = (value: Scalar | undefined) =>
  typeof value === 'string' ? 2 : value === null || value === undefined ? 0 : 1;
function order(x: Scalar | undefined, y: Scalar | undefined): number {
  if (rank(x) !== rank(y)) return rank(x) - rank(y);
  return rank(x) === 2
    ? Buffer.compare(Buffer.from(String(x)), Buffer.from(String(y)))
    : Number(x ?? 0) - Number(y ?? 0);
}
function fits(value: Scalar | undefined, condition: Condition | undefined): boolean {
  if (condition === undefined) return true;
  if (condition === null || typeof condition !== 'object') return order(value, condition) === 0;
  if ('in' in condition) return condition.in.some((each) => order(value, each) === 0);
  if ('prefix' in condition) return typeof value === 'string' && value.startsWith(condition.prefix);
  return Object.entries(condition).every(([op, bound]) => {
    const sign = order(value, bound);
    const ok = { gt: sign > 0, gte: sign >= 0, lt: sign < 0, lte: sign <= 0 }[op];
    return rank(value) === rank(bound) && ok === true;
  });
}

async function filled(store: Store, below: (n: number) => number): Promise<Map<string, Doc>> {
  const pick = () => values[below(values.length)];
  const docs = new Map<string, Doc>();
  for (let n = 0; n < 500; n += 1) {
    const [a, b] = [pick(), pick()];
    const tags = Array.from({ length: below(3) }, () => `t${below(4)}`);
    docs.set(`id${String(below(1e9)).padStart(9, '0')}`, {
      ...(a !== undefined && { a }),
      ...(b !== undefined && { b }),
      tags,
    });
  }
  await store.transaction(A, async (unit) => {
    for (const [id, doc] of docs) await unit.collection(things).insert(id, doc);
  });
  return docs;
}

function conditionFrom(below: (n: number) => number): Condition {
  const pick = () => values[below(values.length)] ?? null;
  const present = () => pick() ?? 'a';
  const kinds: (() => Condition)[] = [
    pick,
    () => ({ in: [pick(), pick(), pick()] }),
    () => ({ prefix: ['', 'a', 'ab', '😀'][below(4)] ?? '' }),
    () => ({ gt: present() }),
    () => ({ gte: present() }),
    () => ({ lt: present() }),
    () => ({ lte: present() }),
  ];
  return kinds[below(kinds.length)]?.() ?? null;
}

async function all(store: Store, query: Query): Promise<string[]> {
  const found: string[] = [];
  let after: string | undefined;
  do {
    const page = await store.collection(things, A).query({ ...query, after, limit: 37 });
    found.push(...idsOf(page));
    after = page.next ?? undefined;
  } while (after !== undefined);
  return found;
}

const fixed = (condition: Condition | undefined) =>
  condition !== undefined && (condition === null || typeof condition !== 'object' || 'in' in condition);

function reference(docs: Map<string, Doc>, where: Record<string, Condition>, sign: number): string[] {
  const keys = (fixed(where['a']) ? (fixed(where['b']) ? [] : ['b']) : ['a', 'b']) as ('a' | 'b')[];
  return [...docs]
    .filter(([, doc]) => fits(doc.a, where['a']) && fits(doc.b, where['b']))
    .toSorted(([idX, x], [idY, y]) => {
      const first = keys.map((key) => order(x[key], y[key])).find((each) => each !== 0);
      return sign * (first ?? order(idX, idY));
    })
    .map(([id]) => id);
}

// oxlint-disable-next-line eslint/max-lines-per-function -- a list of tests, as in a spec
export function queries(fresh: Fresh): void {
  test('S16, S17 equality, in, range, prefix and has agree with a reference filter, in order', async () => {
    const below = seeded(16);
    const { store } = await fresh();
    const docs = await filled(store, below);
    for (let n = 0; n < 120; n += 1) {
      const a = conditionFrom(below);
      const where = below(8) === 0 ? {} : { a, ...(fixed(a) && below(2) === 0 && { b: conditionFrom(below) }) };
      const desc = below(2) === 0;
      const found = await all(store, { index: 'byAB', where, order: desc ? 'desc' : 'asc' });
      expect({ where, desc, found }).toEqual({ where, desc, found: reference(docs, where, desc ? -1 : 1) });
    }
    const tagged = [...docs].filter(([, { tags }]) => tags.includes('t1')).map(([id]) => id);
    expect((await all(store, { index: 'byTag', where: { tags: 't1' } })).toSorted()).toEqual(tagged.toSorted());
  });
  test('has follows changes of the list', async () => {
    const { store } = await fresh();
    await insert(store, 'one', { tags: ['x', 'x', 'y'] });
    await store.transaction(A, (unit) => unit.collection(things).replace('one', 1, { tags: ['z'] }));
    const found = (tag: string) =>
      store
        .collection(things, A)
        .query({ index: 'byTag', where: { tags: tag } })
        .then(idsOf);
    expect([await found('x'), await found('z')]).toEqual([[], ['one']]);
  });
  test('S18 text sorts by code points; folded fields find every spelling', async () => {
    const { store } = await fresh();
    for (const [id, title] of Object.entries({
      one: 'ÄRGER',
      two: 'Ｆｅｎｄｅｒ',
      three: '😀',
      four: 'fender blues',
      five: 'ärger',
    }))
      await insert(store, id, { title });
    const found = (title: Condition) =>
      store.collection(things, A).query({ index: 'byName', where: { title } }).then(idsOf);
    expect((await found('Ärger')).toSorted()).toEqual(['five', 'one']);
    expect(await found({ prefix: 'FENDER' })).toEqual(['two', 'four']);
    expect(idsOf(await store.collection(things, A).query({ index: 'byName' })).at(-1)).toBe('three');
  });
  test('S21, S22 an undeclared query or page size is refused', async () => {
    const { store } = await fresh();
    const reader = store.collection(things, A);
    const wrong: Query[] = [
      { index: 'none' },
      { index: 'byAB', where: { b: 1 } },
      { index: 'byAB', where: { a: { gt: 1 }, b: 1 } },
      { index: 'byAB', where: { c: 1 } },
      { index: 'byTag', where: { a: 1 } },
      { index: 'byAB', where: { a: { gt: null } } },
      { index: 'byAB', where: { a: { in: Array.from({ length: 101 }, () => 1) } } },
      ...[0, 201, 1.5, -1].map((limit) => ({ index: 'byAB', limit })),
    ];
    for (const query of wrong) await expect(reader.query(query)).rejects.toEqual(code('QUERY_NOT_DECLARED'));
    for (let n = 0; n < 60; n += 1) await insert(store, `id${n}`, {});
    expect((await reader.query({ index: 'byAB' })).items.length).toBe(50);
    expect((await reader.query({ index: 'byAB', limit: 200 })).items.length).toBe(60);
  });
}

export function paging(fresh: Fresh): void {
  test('S19 paging while others insert repeats nothing and skips nothing that was there', async () => {
    const { store } = await fresh();
    const old = Array.from({ length: 40 }, (_, n) => `old${String(n).padStart(2, '0')}`);
    for (const [n, id] of old.entries()) await insert(store, id, { a: n % 7 });
    const seen: string[] = [];
    let after: string | undefined;
    for (let round = 0; round === 0 || after !== undefined; round += 1) {
      const page = await store.collection(things, A).query({ index: 'byAB', limit: 6, after });
      seen.push(...idsOf(page));
      await insert(store, `new${round}`, { a: round % 7 });
      after = page.next ?? undefined;
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.filter((id) => id.startsWith('old')).toSorted()).toEqual(old);
  });
  test('S20 a foreign, tampered or stale cursor is refused', async () => {
    const { store } = await fresh();
    for (const id of ['one', 'two', 'three']) await insert(store, id, { a: 1 });
    const list = { index: 'byAB', where: { a: 1 }, limit: 1 } as const;
    const reader = store.collection(things, A);
    const after = (await reader.query(list)).next ?? '';
    expect((await reader.query({ ...list, after })).items.length).toBe(1);
    const text = Buffer.from(after, 'base64url').toString();
    const tampered = Buffer.from(text.replace(/"\w+"\]\]$/, '"zzz"]]')).toString('base64url');
    const index = { ...things.indexes, byAB: { fields: ['a', 'b', 'n'] } };
    const wrong = [
      ...['', 'x', '%%%', tampered, Buffer.from('[]').toString('base64url')].map((each) =>
        reader.query({ ...list, after: each }),
      ),
      reader.query({ ...list, where: { a: 2 }, after }),
      reader.query({ ...list, order: 'desc', after }),
      store.collection(things, B).query({ ...list, after }),
      store.collection({ ...things, indexes: index }, A).query({ ...list, after }),
    ];
    for (const each of await Promise.allSettled(wrong)) expect(each).toMatchObject({ reason: code('INVALID_CURSOR') });
  });
}
