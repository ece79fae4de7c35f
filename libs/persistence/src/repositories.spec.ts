import type { Context } from '@gts/kernel';
import { manualClock } from '@gts/testing';
import { z } from 'zod';
import { collection } from './collection';
import { memoryStore } from './memory/store';
import type { Encoder, NewOutboxRow } from './ports';
import { repositories } from './repositories';
import { runCommand } from './commands';
import { A, code, message } from './suite/kit';

type Fact = Readonly<{ type: 'Raised' | 'Ordered' }>;
const counters = collection('counters', {
  schema: z.strictObject({ n: z.number() }),
  scope: 'tenant',
  softDelete: true,
});
let next = 0;
const encoder: Encoder<Fact> = {
  numbered: ({ type }) => type === 'Raised',
  encode: (fact, { aggregate }): NewOutboxRow => {
    const order = aggregate ? { orderKey: `${aggregate.type}/${aggregate.id}`, orderSeq: aggregate.version } : {};
    return message((next += 1), { subject: fact.type, ...order });
  },
};
function aStore() {
  const store = memoryStore({ clock: manualClock(), rerun: true });
  const of = { store, collection: counters, aggregate: 'Counter', encoder } as const;
  return { store, counters: repositories<{ n: number }, Fact, Fact>({ ...of, translate: (event) => [event] }) };
}
const raise =
  (...events: Fact['type'][]) =>
  (state: { n: number }) => ({
    state: { ...state, n: state.n + 1 },
    events: events.map((type) => ({ type })),
  });
const start = () => ({ state: { n: 0 }, events: [{ type: 'Raised' } as const] });

test('events of an aggregate are numbered without a gap, commands take no number', async () => {
  const { store, counters: of } = aStore();
  await of(A).create('one', start);
  await of(A).update('one', raise('Raised', 'Ordered', 'Raised'));
  const numbered = store.rows.filter(({ subject }) => subject === 'Raised');
  expect(numbered.map(({ orderKey, orderSeq }) => [orderKey, orderSeq])).toEqual(
    [1, 2, 3].map((n) => ['Counter/one', n]),
  );
  expect(await of(A).get('one')).toMatchObject({ n: 1, meta: { version: 2, eventSeq: 3 } });
});
test('a refusal passes unchanged and leaves nothing', async () => {
  const { store, counters: of } = aStore();
  await of(A).create('one', start);
  const refusal = new Error('no');
  const refused = of(A).update('one', () => {
    throw refusal;
  });
  await expect(refused).rejects.toBe(refusal);
  await expect(of(A).update('two', raise())).rejects.toEqual(code('NOT_FOUND'));
  expect(store.rows.length).toBe(1);
});
test('nothing changed is nothing written', async () => {
  const { counters: of } = aStore();
  await of(A).create('one', start);
  await of(A).update('one', (state) => ({ state: { ...state }, events: [] }));
  expect((await of(A).get('one')).meta.version).toBe(1);
});
test('another expected version is a conflict that names the current one', async () => {
  const { counters: of } = aStore();
  await of(A).create('one', start);
  await of(A).update('one', raise(), undefined, { expectedVersion: 1 });
  const stale = of(A).update('one', raise(), undefined, { expectedVersion: 1 });
  await expect(stale).rejects.toMatchObject({ code: 'STORE.VERSION_CONFLICT', details: { currentVersion: 2 } });
  await of(A).update('one', raise(), undefined, { expectedVersion: '*' });
});
test('delete publishes, hides and keeps the number; restore brings back', async () => {
  const { counters: of, store } = aStore();
  await of(A).create('one', start);
  await of(A).delete('one', () => [{ type: 'Raised' }]);
  expect(await of(A).find('one')).toBeUndefined();
  await of(A).restore('one', raise('Raised'));
  expect((await of(A).get('one')).meta.eventSeq).toBe(3);
  expect(store.rows.length).toBe(3);
});
test('50 parallel updates are 50 increments', async () => {
  const { counters: of } = aStore();
  await of(A).create('one', start);
  await Promise.all(Array.from({ length: 50 }, () => of(A).update('one', raise('Raised'))));
  expect(await of(A).get('one')).toMatchObject({ n: 50, meta: { eventSeq: 51 } });
});

describe('a command with an id', () => {
  const ctx: Context = { ...A, commandId: 'c1' };
  const command = { name: 'Raise', requestDigest: 'd' };
  const raising = (of: ReturnType<typeof aStore>) =>
    runCommand({ store: of.store, ctx: { ...ctx }, command }, (inner) =>
      of.counters(inner).update('one', raise('Raised'), ({ n }) => ({ n })),
    );
  test('is answered the same again without a second effect, one after the other or at once', async () => {
    const of = aStore();
    await of.counters(A).create('one', start);
    const both = await Promise.all([raising(of), raising(of)]);
    expect(both.map(({ reply }) => reply)).toEqual([{ n: 1 }, { n: 1 }]);
    expect(both.filter(({ replayed }) => replayed).length).toBe(1);
    expect(await raising(of)).toEqual({ reply: { n: 1 }, replayed: true });
    expect(await of.counters(A).get('one')).toMatchObject({ n: 1 });
  });
  test('refuses the id for another request', async () => {
    const of = aStore();
    await of.counters(A).create('one', start);
    await raising(of);
    const other = runCommand({ store: of.store, ctx, command: { ...command, requestDigest: 'e' } }, async () => 1);
    await expect(other).rejects.toMatchObject({ code: 'BUS.COMMAND_ID_REUSED', kind: 'rule-violated' });
  });
  test('a failure stores nothing, so that it may be tried again', async () => {
    const of = aStore();
    await expect(raising(of)).rejects.toEqual(code('NOT_FOUND'));
    await of.counters(A).create('one', start);
    expect(await raising(of)).toEqual({ reply: { n: 1 }, replayed: false });
  });
  test('an answer that was built after the unit is what a repetition gets', async () => {
    const of = aStore();
    await of.counters(A).create('one', start);
    const run = () =>
      runCommand({ store: of.store, ctx, command }, async (inner) => {
        await of.counters(inner).update('one', raise());
        return { built: true };
      });
    expect([await run(), await run()]).toEqual([
      { reply: { built: true }, replayed: false },
      { reply: { built: true }, replayed: true },
    ]);
  });
  test('changes one aggregate: a second unit is a bug, one explicit transaction is the way', async () => {
    const of = aStore();
    await of.counters(A).create('one', start);
    await of.counters(A).create('two', start);
    const twice = { ...ctx, commandId: 'c2' };
    await of.counters(twice).update('one', raise());
    await expect(of.counters(twice).update('two', raise())).rejects.toEqual(code('SECOND_UNIT'));
    const inOne = { ...ctx, commandId: 'c3' };
    await of.store.transaction(inOne, async (unit) => {
      await of.counters(unit.ctx).update('one', raise());
      await of.counters(unit.ctx).update('two', raise());
      return 'both';
    });
    expect(await of.store.commands.find(inOne)).toMatchObject({ reply: 'both' });
  });
});
