import { type Context, durationMs } from '@gts/kernel';
import type { Writer } from '../ports';
import { A, B, code, idsOf, insert, things } from './kit';
import type { Fresh } from './make';

const shared = { ...things, name: 'shared', scope: 'global' } as const;

// oxlint-disable-next-line eslint/max-lines-per-function -- a list of tests, as in a spec
export function scopes(fresh: Fresh): void {
  test('S14 a workspace cannot read, list, change, delete or collide with another', async () => {
    const { store } = await fresh();
    await insert(store, 'one', { slug: 's', a: 1, tags: ['t'] });
    const foreign = store.collection(things, B);
    expect(await foreign.find('one')).toBeUndefined();
    for (const query of [
      { index: 'byAB' },
      { index: 'byTag', where: { tags: 't' } },
      { index: 'bySlug', where: { slug: 's' } },
    ])
      expect((await foreign.query(query)).items).toEqual([]);
    await expect(store.transaction(B, (unit) => unit.collection(things).replace('one', 1, { n: 9 }))).rejects.toEqual(
      code('NOT_FOUND'),
    );
    await store.transaction(B, async (unit) => {
      await unit.collection(things).delete('one');
      await unit.collection(things).purge('one');
    });
    await insert(store, 'one', { slug: 's' }, B);
    expect(await store.collection(things, A).get('one')).toMatchObject({ a: 1, meta: { version: 1 } });
    const nobody = { ...A, tenantId: '' } as unknown as Context;
    await expect(store.collection(things, nobody).find('one')).rejects.toEqual(code('TENANT_SCOPE_MISSING'));
  });
  test('S15 a global collection is the same for all', async () => {
    const { store } = await fresh();
    await store.transaction(A, (unit) => unit.collection(shared).insert('one', { slug: 's' }));
    expect(await store.collection(shared, B).get('one')).toMatchObject({ slug: 's', meta: { tenantId: 'system' } });
    const again = store.transaction(B, (unit) => unit.collection(shared).insert('two', { slug: 's' }));
    await expect(again).rejects.toEqual(code('DUPLICATE_KEY'));
  });
  test('S23 a soft delete hides, frees the unique key, and can be undone or made final', async () => {
    const { store, clock } = await fresh();
    const run = <R>(work: (rows: Writer<object>) => Promise<R>) =>
      store.transaction(A, (unit) => work(unit.collection(things) as Writer<object>));
    await insert(store, 'one', { slug: 's', a: 1 });
    await run((rows) => rows.delete('one'));
    const reader = store.collection(things, A);
    expect(await reader.find('one')).toBeUndefined();
    expect((await reader.query({ index: 'byAB' })).items).toEqual([]);
    expect(await reader.get('one', { includeDeleted: true })).toMatchObject({ meta: { deletedBy: 'ada', version: 2 } });
    expect(idsOf(await reader.query({ index: 'bySlug', where: { slug: 's' }, includeDeleted: true }))).toEqual(['one']);
    await expect(run((rows) => rows.replace('one', 2, {}))).rejects.toEqual(code('NOT_FOUND'));
    await insert(store, 'two', { slug: 's' });
    await expect(run((rows) => rows.restore('one'))).rejects.toMatchObject({ details: { index: 'bySlug' } });
    await run((rows) => rows.purge('two'));
    await run((rows) => rows.restore('one'));
    const restored = await reader.get('one');
    expect(restored).toMatchObject({ slug: 's', meta: { version: 3 } });
    expect(restored.meta.deletedAt).toBeUndefined();
    await run((rows) => rows.delete('one'));
    clock.advance(durationMs('29d'));
    expect(await store.sweep([things])).toEqual({});
    clock.advance(durationMs('2d'));
    expect(await store.sweep([things])).toEqual({ things: 1 });
    expect(await reader.find('one', { includeDeleted: true })).toBeUndefined();
  });
}
