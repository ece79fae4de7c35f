import { durationMs, instantOf, type MessageId } from '@gts/kernel';
import { backfill, migrate, type Migration, verifyMigrated } from '../migrations';
import { A, B, code, insert, message, things } from './kit';
import type { Fresh } from './make';

const nothing: Migration['up'] = async () => undefined;
const step = (name: string, up = nothing, rest: Partial<Migration> = {}): Migration => ({
  name,
  phase: 'expand',
  revision: 1,
  up,
  ...rest,
});

// oxlint-disable-next-line eslint/max-lines-per-function -- a list of tests, as in a spec
export function lifetimes(fresh: Fresh): void {
  test('S31 migrations run once, in order, and refuse what changed or what they do not know', async () => {
    const { store } = await fresh();
    const ran: string[] = [];
    const noting = (name: string) => step(name, async () => void ran.push(name));
    const [first, second] = [noting('0001-one'), noting('0002-two')];
    const at = { store, ctx: A, owner: 'me' };
    expect(await migrate(at, [first])).toEqual(['0001-one']);
    expect(await migrate(at, [first, second])).toEqual(['0002-two']);
    expect(ran).toEqual(['0001-one', '0002-two']);
    expect(await migrate(at, [first])).toEqual([]);
    await expect(migrate(at, [second, first])).rejects.toEqual(code('MIGRATION_REFUSED'));
    await migrate(at, [first, second, step('0003-drop', nothing, { phase: 'contract' })]);
    await expect(migrate(at, [first, second])).rejects.toEqual(code('MIGRATION_REFUSED'));
  });
  test('S31 an applied migration is the same however a build prints it, another with another revision or phase', async () => {
    const { store } = await fresh();
    const at = { store, ctx: A, owner: 'me' };
    const ran: string[] = [];
    await migrate(at, [step('0001-one', async () => void ran.push('as written'))]);
    const bundled = step('0001-one', async function up() {
      ran.push('as bundled');
    });
    expect(await migrate(at, [bundled])).toEqual([]);
    await verifyMigrated(at, [bundled]);
    expect(ran).toEqual(['as written']);
    for (const changed of [{ revision: 2 }, { phase: 'contract' }] as const) {
      const other = step('0001-one', nothing, changed);
      const message = expect.stringContaining('0001-one was changed') as string;
      const refused = { code: 'STORE.MIGRATION_REFUSED', message };
      await expect(migrate(at, [other])).rejects.toMatchObject(refused);
      await expect(verifyMigrated(at, [other])).rejects.toMatchObject(refused);
    }
  });
  test('S31 one process migrates at a time, and a backfill reaches every workspace', async () => {
    const { store } = await fresh();
    await insert(store, 'a', { n: 1 });
    await insert(store, 'b', { n: 1 }, B);
    const owners = ['one', 'two'].map((owner) =>
      migrate({ store, ctx: A, owner }, [
        step('0001-fill', (target, ctx) =>
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
