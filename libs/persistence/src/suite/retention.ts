import { durationMs } from '@gts/kernel';
import { z } from 'zod';
import { collection } from '../collection';
import type { Store } from '../ports';
import { A, B } from './kit';
import type { Fresh } from './make';

const letters = collection('letters', {
  scope: 'tenant',
  schema: z.looseObject({}),
  retention: [
    { after: '45d', since: 'at' },
    { after: '30d', since: 'updatedAt', only: { state: ['read', 'burnt'], sealed: [false] } },
  ],
});
type Row = Readonly<{ at?: string | null; state?: string; sealed?: boolean }>;

const post = (store: Store, id: string, { row, ctx = A }: { row: Row; ctx?: typeof A }) =>
  store.transaction(ctx, (unit) => unit.collection(letters).put(id, row));
const stay = async (store: Store) =>
  (await store.scan(letters, { limit: 1000 })).items.map(({ meta: { id } }) => id).toSorted();
const NEVER = 'never';

/** What each row is, and the day by which it is gone. */
const rows: Readonly<Record<string, readonly [Row, 31 | 46 | typeof NEVER]>> = {
  'by its own time': [{ at: 'now', state: 'new', sealed: false }, 46],
  'without a time': [{ at: null, state: 'new', sealed: false }, NEVER],
  'with a time to come': [{ at: '9999-01-01T00:00:00.000Z', state: 'new' }, NEVER],
  'in a state that ends': [{ state: 'burnt', sealed: false }, 31],
  'in a state that stays': [{ state: 'new', sealed: false }, NEVER],
  'half of what is asked': [{ state: 'read', sealed: true }, NEVER],
  'nothing of what is asked': [{}, NEVER],
};

export function retention(fresh: Fresh): void {
  test.each(Object.entries(rows))('a sweep goes by the rules of a collection: %s', async (_name, [row, gone]) => {
    const { store, clock } = await fresh();
    await post(store, 'row', { row: row.at === 'now' ? { ...row, at: clock.now() } : row });
    let day = 0;
    const left = async (until: number) => {
      clock.advance(durationMs('1d') * (until - day));
      day = until;
      await store.sweep([letters]);
      return (await stay(store)).length;
    };
    const seen = [await left(29), await left(31), await left(44), await left(46)];
    expect(seen).toEqual([1, ...[31, 44, 46].map((each) => (gone === NEVER || each < gone ? 1 : 0))]);
  });
  test('a sweep reaches every workspace, page after page, and tells how many of what', async () => {
    const { store, clock } = await fresh();
    await store.transaction(A, async (unit) => {
      for (let n = 0; n < 450; n += 1) await unit.collection(letters).put(`${n}`, { at: clock.now() });
    });
    await post(store, 'theirs', { row: { at: clock.now() }, ctx: B });
    clock.advance(durationMs('44d'));
    await post(store, 'young', { row: { at: clock.now() } });
    expect(await store.sweep([letters])).toEqual({});
    clock.advance(durationMs('2d'));
    expect(await store.sweep([letters])).toEqual({ letters: 451 });
    expect(await stay(store)).toEqual(['young']);
  });
  test('what is written again serves anew where its last change counts', async () => {
    const { store, clock } = await fresh();
    await post(store, 'row', { row: { state: 'read', sealed: false } });
    clock.advance(durationMs('20d'));
    await post(store, 'row', { row: { state: 'burnt', sealed: false } });
    clock.advance(durationMs('20d'));
    expect([await store.sweep([letters]), await stay(store)]).toEqual([{}, ['row']]);
    clock.advance(durationMs('11d'));
    expect([await store.sweep([letters]), await stay(store)]).toEqual([{ letters: 1 }, []]);
  });
}
