import type { MessageId } from '@gts/kernel';
import type { Unit } from '../ports';
import { assertNoUnit } from '../slot';
import { A, B, code, insert, message, things } from './kit';
import type { Features, Fresh } from './make';

const turn = () => new Promise<void>((resolve) => void setImmediate(() => setImmediate(resolve)));

// oxlint-disable-next-line eslint/max-lines-per-function -- a list of tests, as in a spec
export function units(fresh: Fresh, features: Features): void {
  test('S4, S5 an abort leaves no document, outbox, inbox or command row', async () => {
    const { store } = await fresh();
    const ctx = { ...A, commandId: 'c' };
    const failing = store.transaction(ctx, async (unit) => {
      await unit.collection(things).insert('one', {});
      await unit.inbox.insert('consumer', 'm' as MessageId, 'd');
      unit.outbox.add(message(1));
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    expect(await store.collection(things, A).find('one')).toBeUndefined();
    expect(await store.outbox.stats()).toMatchObject({ pending: 0 });
    expect(await store.commands.find(ctx)).toBeUndefined();
    const seen = await store.transaction(A, (unit) => unit.inbox.seen('consumer', ['m' as MessageId]));
    expect(seen.size).toBe(0);
  });
  test('S6, S7 a unit sees its own writes, nobody else does before the commit', async () => {
    const { store } = await fresh();
    const outside: unknown[] = [];
    await store.transaction(A, async (unit) => {
      await unit.collection(things).insert('one', { n: 1 });
      expect(await unit.collection(things).get('one')).toMatchObject({ n: 1 });
      expect(await store.collection(things, { ...unit.ctx }).get('one')).toMatchObject({ n: 1 });
      outside.push(await store.collection(things, A).find('one'));
    });
    expect(outside).toEqual([undefined]);
    expect(await store.collection(things, A).find('one')).toMatchObject({ n: 1 });
  });
  test('S9 a swallowed error never commits half', async () => {
    const { store } = await fresh();
    await insert(store, 'one', {});
    const swallowing = store.transaction(A, async (unit) => {
      await unit.collection(things).insert('two', {});
      await unit
        .collection(things)
        .insert('one', {})
        .catch(() => undefined);
    });
    await expect(swallowing).rejects.toEqual(code('UNIT_DOOMED'));
    expect(await store.collection(things, A).find('two')).toBeUndefined();
  });
  test('S9 a joined call that failed half way dooms the unit that swallows it', async () => {
    const { store } = await fresh();
    const half = (ctx: Unit['ctx']) =>
      store.transaction(ctx, async (inner) => {
        await inner.collection(things).insert('half', {});
        throw new Error('half');
      });
    await expect(store.transaction(A, (unit) => half(unit.ctx).catch(() => 1))).rejects.toEqual(code('UNIT_DOOMED'));
    expect(await store.collection(things, A).find('half')).toBeUndefined();
  });
  test('S10 two operations at once are refused', async () => {
    const { store } = await fresh();
    const both = store.transaction(A, (unit) =>
      Promise.all([unit.collection(things).insert('one', {}), unit.collection(things).insert('two', {})]),
    );
    await expect(both).rejects.toEqual(code('CONCURRENT_USE_OF_UNIT'));
    expect(await store.collection(things, A).find('one')).toBeUndefined();
  });
  if (features.foreignAwait)
    test('S11 awaiting something else than the store rolls back at once', async () => {
      const { store } = await fresh();
      const late: unknown[] = [];
      const foreign = store.transaction(A, async (unit) => {
        await unit.collection(things).insert('one', {});
        await turn();
        await unit
          .collection(things)
          .find('one')
          .catch((error: unknown) => late.push(error));
      });
      await expect(foreign).rejects.toEqual(code('FOREIGN_AWAIT_IN_UNIT'));
      await turn();
      expect(late.length).toBeGreaterThan(0);
      for (const error of late) expect(error).toEqual(code('UNIT_DOOMED'));
      expect(await store.collection(things, A).find('one')).toBeUndefined();
    });
  test('S12 a unit that runs twice has one effect', async () => {
    const { store } = await fresh({ rerun: true });
    let runs = 0;
    const told: string[] = [];
    await store.transaction({ ...A, commandId: 'c' }, async (unit) => {
      runs += 1;
      await unit.collection(things).insert('one', { n: runs });
      unit.outbox.add(message(1));
      unit.afterCommit(() => told.push('commit'));
    });
    expect([runs, told]).toEqual([2, ['commit']]);
    expect(await store.outbox.stats()).toMatchObject({ pending: 1 });
    expect(await store.collection(things, A).get('one')).toMatchObject({ meta: { version: 1 } });
  });
  test('S29 a unit whose time is over, or whose caller gave up, does not commit', async () => {
    const { store, clock } = await fresh();
    const slow = store.transaction(A, async (unit) => {
      await unit.collection(things).insert('one', {});
      clock.advance(10_001);
    });
    await expect(slow).rejects.toEqual(code('UNIT_DOOMED'));
    const control = new AbortController();
    const left = store.transaction({ ...A, signal: control.signal }, async (unit) => {
      await unit.collection(things).insert('one', {});
      control.abort();
    });
    await expect(left).rejects.toEqual(code('UNIT_DOOMED'));
    expect(await store.collection(things, A).find('one')).toBeUndefined();
  });
  test('S32 afterCommit runs once after the commit, not on abort, and cannot undo it', async () => {
    const { store } = await fresh();
    const looks: Promise<string | undefined>[] = [];
    const note = async (unit: Unit, id: string) => {
      await unit.collection(things).insert(id, {});
      const look = () => store.collection(things, A).find(id);
      unit.afterCommit(() => void looks.push(look().then((found) => found?.meta.id)));
    };
    await store.transaction(A, (unit) => note(unit, 'one'));
    await expect(store.transaction(A, (unit) => note(unit, 'one'))).rejects.toEqual(code('DUPLICATE_KEY'));
    await turn();
    expect(await Promise.all(looks)).toEqual(['one']);
    const added: string[] = [];
    const stop = store.onOutbox((rows) => added.push(...rows.map(({ id }) => id)));
    await store.transaction(A, async (unit) => unit.outbox.add(message(1)));
    stop();
    await store.transaction(A, async (unit) => unit.outbox.add(message(2)));
    expect(added).toEqual([message(1).id]);
  });
  test('a call whose ctx carries the unit joins it, for whatever tenant; other things refuse that ctx', async () => {
    const { store } = await fresh();
    await store.transaction(A, async (unit) => {
      await store.transaction({ ...unit.ctx, tenantId: B.tenantId }, (inner) =>
        inner.collection(things).insert('b', {}),
      );
      await unit.as(B.tenantId).collection(things).get('b');
      expect(() => assertNoUnit({ ...unit.ctx }, 'rpc')).toThrow(code('FOREIGN_AWAIT_IN_UNIT'));
      expect(unit.with(B).ctx).toMatchObject(B);
    });
    assertNoUnit(A, 'rpc');
    expect(await store.collection(things, B).find('b')).toBeDefined();
  });
  test('S34 closing waits for running units and refuses new ones', async () => {
    const { store } = await fresh();
    const running = insert(store, 'one', {});
    const closing = store.close();
    await expect(running).resolves.toMatchObject({ version: 1 });
    await closing;
    await expect(insert(store, 'two', {})).rejects.toEqual(code('CLOSED'));
  });
}
