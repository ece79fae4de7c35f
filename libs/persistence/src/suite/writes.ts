import { A, code, insert, message, things } from './kit';
import type { Fresh } from './make';

// oxlint-disable-next-line eslint/max-lines-per-function -- a list of tests, as in a spec
export function writes(fresh: Fresh): void {
  test('S1 every JSON type comes back as it went in', async () => {
    const { store } = await fresh();
    const document = {
      n: -0.5,
      big: 1e21,
      int: 9007199254740991,
      yes: true,
      nothing: null,
      text: 'ü\n"\\😀',
      empty: '',
      list: [1, 'a', null, [], {}],
      deep: { 'a.b': { $x: [1] } },
      date: '2026-01-01T00:00:00.000Z',
    };
    await insert(store, 'one', document);
    const { meta, ...state } = await store.collection(things, A).get('one');
    expect(state).toEqual(document);
    expect(meta).toMatchObject({ id: 'one', version: 1, eventSeq: 0, tenantId: A.tenantId, createdBy: 'ada' });
    await expect(store.collection(things, A).get('two')).rejects.toEqual(code('NOT_FOUND'));
  });
  test('S2 a stale version is refused and writes nothing', async () => {
    const { store } = await fresh();
    await insert(store, 'one', { n: 1 });
    const write = (version: number, n: number) =>
      store.transaction(A, (unit) => unit.collection(things).replace('one', version, { n }));
    await write(1, 2);
    await expect(write(1, 3)).rejects.toEqual(code('VERSION_CONFLICT'));
    expect(await store.collection(things, A).get('one')).toMatchObject({ n: 2, meta: { version: 2 } });
  });
  test('S3 50 parallel changes of one document are 50 changes', async () => {
    const { store } = await fresh();
    await insert(store, 'one', { n: 0 });
    const change = () =>
      store.transaction(A, async (unit) => {
        const old = await unit.collection(things).get('one');
        await unit.collection(things).replace('one', old.meta.version, { ...old, n: (old.n ?? 0) + 1 });
      });
    await Promise.all(Array.from({ length: 50 }, change));
    expect(await store.collection(things, A).get('one')).toMatchObject({ n: 50, meta: { version: 51 } });
  });
  test('S8 a taken unique key names its index and aborts the unit', async () => {
    const { store } = await fresh();
    await insert(store, 'one', { slug: 's' });
    const twice = store.transaction(A, async (unit) => {
      await unit.collection(things).insert('two', { slug: 'other' });
      await unit.collection(things).insert('three', { slug: 's' });
    });
    await expect(twice).rejects.toMatchObject({ code: 'STORE.DUPLICATE_KEY', details: { index: 'bySlug' } });
    await expect(insert(store, 'one', {})).rejects.toMatchObject({ details: { index: 'id' } });
    expect(await store.collection(things, A).find('two')).toBeUndefined();
    await insert(store, 'null', { slug: null });
    await insert(store, 'absent', {});
  });
  test('S25 an invalid document is refused on writing and reported on reading', async () => {
    const { store } = await fresh();
    await expect(insert(store, 'one', { n: 'no number' })).rejects.toEqual(code('DOCUMENT_INVALID'));
    await insert(store, 'two', { n: 1 });
    const stricter = { ...things, schema: things.schema.refine(() => false) };
    await expect(store.collection(stricter, A).find('two')).rejects.toEqual(code('DOCUMENT_INVALID'));
  });
  test('S24 an old document is upgraded on reading and saved upgraded', async () => {
    const { store } = await fresh();
    await insert(store, 'one', { n: 1 });
    const upgrade = {
      1: (old: { n: number }) => ({ ...old, n: old.n + 10 }),
      2: (old: { n: number }) => ({ n: old.n * 2 }),
    };
    const newer = { ...things, schemaVersion: 3, upgrade };
    const read = await store.collection(newer, A).get('one');
    expect(read.n).toBe(22);
    await store.transaction(A, (unit) => unit.collection(newer).replace('one', 1, read));
    expect((await store.collection(newer, A).get('one')).n).toBe(22);
    await expect(store.collection(things, A).get('one')).rejects.toEqual(code('DOCUMENT_INVALID'));
  });
  test('S26 input that looks like an operator is data', async () => {
    const { store } = await fresh();
    const odd = JSON.parse('{"$ne":null,"a.b":1,"$x":{"$gt":""},"a":"{\\"$ne\\":null}"}') as Record<string, unknown>;
    await insert(store, "x' OR 1=1 --", odd);
    const reader = store.collection(things, A);
    expect(await reader.get("x' OR 1=1 --")).toMatchObject(odd);
    const where = { a: { $ne: null } as never };
    await expect(reader.query({ index: 'byAB', where })).rejects.toEqual(code('QUERY_NOT_DECLARED'));
    await expect(reader.query({ index: '__proto__' })).rejects.toEqual(code('QUERY_NOT_DECLARED'));
    expect(await reader.find({ $ne: null } as never)).toBeUndefined();
    await insert(store, '__proto__', JSON.parse('{"__proto__":{"polluted":1}}') as Record<string, unknown>);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
    expect((await reader.get('__proto__')).meta.id).toBe('__proto__');
  });
  test('S33 16 MiB of rows fit into one unit', async () => {
    const { store } = await fresh();
    const body = new Uint8Array(256 * 1024).fill(7);
    await store.transaction(A, async (unit) => {
      for (let n = 0; n < 64; n += 1) unit.outbox.add(message(n, { body }));
    });
    expect(await store.outbox.stats()).toMatchObject({ pending: 64 });
  });
}
