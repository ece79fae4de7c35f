import type { MessageId } from '@gts/kernel';
import { A, code, idsOf, insert, message, things } from './kit';
import type { Fresh } from './make';

const batch = { batch: true } as const;
const idOf = (n: number) => `m${n}` as MessageId;

/** Many pieces of work in one unit: what each wrote is seen by the next, and all of it or nothing is kept. */
// oxlint-disable-next-line eslint/max-lines-per-function -- a list of tests, as in a spec
export function batches(fresh: Fresh): void {
  test('a batch commits inbox, documents and messages of all its pieces together', async () => {
    const { store } = await fresh();
    await insert(store, 'old', { n: 0 });
    const pieces = Array.from({ length: 64 }, (_, n) => n);
    await store.transaction(
      A,
      async (unit) => {
        for (const n of pieces) {
          await unit.inbox.insert('consumer', idOf(n), `digest ${n}`);
          await unit.collection(things).insert(`new${n}`, { n });
          const { meta, ...old } = await unit.collection(things).get('old');
          await unit.collection(things).replace('old', meta.version, { ...old, n: (old.n ?? 0) + 1 });
          unit.outbox.add(message(n));
        }
      },
      batch,
    );
    const seen = await store.transaction(A, (unit) => unit.inbox.seen('consumer', pieces.map(idOf)));
    expect(seen.size).toBe(64);
    expect(await store.collection(things, A).get('old')).toMatchObject({ n: 64, meta: { version: 65 } });
    expect(await store.collection(things, A).get('new63')).toMatchObject({ n: 63, meta: { version: 1 } });
    expect(await store.outbox.stats()).toMatchObject({ pending: 64 });
  });
  test('what a batch wrote is seen by its later pieces, one by one and in lists', async () => {
    const { store } = await fresh();
    await insert(store, 'kept', { a: 1 });
    await insert(store, 'gone', { a: 2 });
    await store.transaction(
      A,
      async (unit) => {
        const rows = unit.collection(things);
        await unit.prefetch(things, ['kept', 'gone', 'none']);
        expect([await rows.find('none'), (await rows.get('kept')).meta.version]).toEqual([undefined, 1]);
        await rows.insert('fresh', { a: 0 });
        await rows.put('kept', { a: 3 });
        await rows.delete('gone');
        expect(await rows.find('gone')).toBeUndefined();
        expect(idsOf(await rows.query({ index: 'byAB' }))).toEqual(['fresh', 'kept']);
        await rows.put('fresh', { a: 9 });
        await unit.inbox.insert('consumer', idOf(1), 'digest');
        expect((await unit.inbox.seen('consumer', [idOf(1)])).get(idOf(1))).toBe('digest');
        await rows.purge('kept');
      },
      batch,
    );
    const found = await store.collection(things, A).query({ index: 'byAB', includeDeleted: true });
    expect(found.items.map(({ meta, a }) => [meta.id, a, meta.version])).toEqual([
      ['gone', 2, 2],
      ['fresh', 9, 2],
    ]);
  });
  test.each<readonly [string, string, Record<string, unknown>]>([
    ['an id', 'taken', {}],
    ['a unique value', 'other', { slug: 's' }],
  ])('a batch that meets %s that is taken leaves nothing', async (_what, id, document) => {
    const { store } = await fresh();
    await insert(store, 'taken', { slug: 's' });
    const failing = store.transaction(
      A,
      async (unit) => {
        await unit.inbox.insert('consumer', idOf(1), 'digest');
        await unit.collection(things).insert('first', {});
        await unit.collection(things).insert(id, document);
        unit.outbox.add(message(1));
      },
      batch,
    );
    await expect(failing).rejects.toEqual(code('DUPLICATE_KEY'));
    expect(await store.collection(things, A).find('first')).toBeUndefined();
    expect(await store.outbox.stats()).toMatchObject({ pending: 0 });
    const seen = await store.transaction(A, (unit) => unit.inbox.seen('consumer', [idOf(1)]));
    expect(seen.size).toBe(0);
  });
  test('a stale version is refused in a batch, too', async () => {
    const { store } = await fresh();
    await insert(store, 'one', { n: 1 });
    const stale = store.transaction(A, (unit) => unit.collection(things).replace('one', 7, { n: 2 }), batch);
    await expect(stale).rejects.toEqual(code('VERSION_CONFLICT'));
  });
}
