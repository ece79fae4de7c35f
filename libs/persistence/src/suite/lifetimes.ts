import { durationMs, instantOf, type MessageId } from '@gts/kernel';
import { backfill, migrate, type Migration } from '../migrations';
import { A, B, code, insert, message, things } from './kit';
import type { Fresh } from './make';

const step = (name: string, phase: Migration['phase'] = 'expand', up: Migration['up'] = async () => undefined) => ({
  name,
  phase,
  up,
});

// oxlint-disable-next-line eslint/max-lines-per-function -- a list of tests, as in a spec
export function lifetimes(fresh: Fresh): void {
  test('S31 migrations run once, in order, and refuse what changed or what they do not know', async () => {
    const { store } = await fresh();
    const ran: string[] = [];
    const noting = (name: string) => step(name, 'expand', async () => void ran.push(name));
    const [first, second] = [noting('0001-one'), noting('0002-two')];
    const at = { store, ctx: A, owner: 'me' };
    expect(await migrate(at, [first])).toEqual(['0001-one']);
    expect(await migrate(at, [first, second])).toEqual(['0002-two']);
    expect(ran).toEqual(['0001-one', '0002-two']);
    expect(await migrate(at, [first])).toEqual([]);
    await expect(migrate(at, [second, first])).rejects.toEqual(code('MIGRATION_REFUSED'));
    const changed = step('0001-one', 'expand', async () => void ran.push('changed'));
    await expect(migrate(at, [changed])).rejects.toEqual(code('MIGRATION_REFUSED'));
    await migrate(at, [first, second, step('0003-drop', 'contract')]);
    await expect(migrate(at, [first, second])).rejects.toEqual(code('MIGRATION_REFUSED'));
  });
  test('S31 one process migrates at a time, and a backfill reaches every workspace', async () => {
    const { store } = await fresh();
    await insert(store, 'a', { n: 1 });
    await insert(store, 'b', { n: 1 }, B);
    const owners = ['one', 'two'].map((owner) =>
      migrate({ store, ctx: A, owner }, [
        step('0001-fill', 'expand', (target, ctx) =>
          backfill({ store: target, ctx, collection: things }, async ({ meta, ...state }, unit) => {
            await unit.collection(things).replace(meta.id, meta.version, { ...state, n: (state.n ?? 0) + 1 });
          }),
        ),
      ]),
    );
    expect((await Promise.all(owners)).flat()).toEqual(['0001-fill']);
    expect([await store.collection(things, A).get('a'), await store.collection(things, B).get('b')]).toMatchObject([
      { n: 2 },
      { n: 2 },
    ]);
  });
  test('sweep removes inbox rows after 45 days and replies after 24 hours; published rows go by age', async () => {
    const { store, clock } = await fresh();
    const ctx = { ...A, commandId: 'c' };
    await store.transaction(ctx, async (unit) => {
      await unit.inbox.insert('consumer', 'm' as MessageId, 'd');
      unit.outbox.add(message(1));
    });
    await store.transaction(A, (unit) => unit.outbox.mark([{ id: message(1).id, state: 'published', streamSeq: 1 }]));
    expect(await store.commands.find(ctx)).toBeDefined();
    clock.advance(durationMs('25h'));
    expect([await store.sweep([]), await store.commands.find(ctx)]).toEqual([{ commands: 1 }, undefined]);
    clock.advance(durationMs('45d'));
    expect(await store.sweep([])).toEqual({ inbox: 1 });
    expect(await store.outbox.purgePublished(instantOf(clock.epochMs() - durationMs('14d')), 10)).toBe(1);
  });
}
