import { SYSTEM_TENANT } from '@gts/kernel';
import { memoryStore } from '@gts/persistence';
import { aContext, anId, countingIds, manualClock } from '@gts/testing';
import { noLog } from '../ports';
import { auditRows } from './dead-letters';
import { outboxHandlers } from './outbox';

const ops = aContext({ tenantId: SYSTEM_TENANT });
const [poison, waiting, unknown] = [anId<'Message'>(1), anId<'Message'>(2), anId<'Message'>(3)];
const reason = 'the limit of the stream was raised';

/** An outbox whose first row is quarantined and whose second one waits behind it. */
async function setUp() {
  const store = memoryStore({ clock: manualClock() });
  const shared = { tenantId: SYSTEM_TENANT, stream: 'EVT_X', subject: 'x', headers: {}, body: new Uint8Array() };
  await store.transaction(ops, async (unit) => {
    for (const [orderSeq, id] of [poison, waiting].entries())
      unit.outbox.add({ ...shared, id: id as never, partition: 3, orderKey: 'Toy/1', orderSeq });
  });
  await store.transaction(ops, (unit) =>
    unit.outbox.mark([{ id: poison as never, state: 'quarantined', lastError: 'BUS.PAYLOAD_TOO_LARGE' }]),
  );
  const handlers = outboxHandlers({ store, log: noLog, newId: countingIds() });
  const audited = async () => (await store.scan(auditRows, { limit: 9 })).items;
  return { store, handlers, audited };
}

test('a quarantined message that is released waits again, from the beginning', async () => {
  const { store, handlers, audited } = await setUp();
  const answer = await handlers.ReleaseOutbox({ ids: [poison, poison, waiting, unknown], reason }, ops);
  expect(answer).toEqual({ released: 1 });
  expect(store.rows[0]).toMatchObject({ state: 'pending', attempts: 0, lastError: undefined });
  expect(await audited()).toMatchObject([{ verb: 'ReleaseOutbox', reason, keys: [poison] }]);
});

test('one that is skipped is gone for the relay, and keeps why', async () => {
  const { store, handlers, audited } = await setUp();
  expect(await handlers.SkipOutbox({ ids: [poison], reason }, ops)).toEqual({ skipped: 1 });
  expect(store.rows[0]).toMatchObject({ state: 'skipped', lastError: reason });
  expect((await store.outbox.heads(['Toy/1'], 2)).get('Toy/1')?.map(({ id }) => id)).toEqual([waiting]);
  expect(await audited()).toMatchObject([{ verb: 'SkipOutbox', reason, keys: [poison] }]);
});

test.each(['ReleaseOutbox', 'SkipOutbox'] as const)('%s leaves what is not quarantined, and no trace', async (verb) => {
  const { store, handlers, audited } = await setUp();
  const answer = await handlers[verb]({ ids: [waiting, unknown], reason }, ops);
  expect(Object.values(answer)).toEqual([0]);
  expect([store.rows[1]?.state, await audited()]).toEqual(['pending', []]);
});

test('of a release and a skip at the same time one has its way, and only its trace is kept', async () => {
  const { store, handlers, audited } = await setUp();
  const judged = { ids: [poison], reason };
  const answers = [handlers.ReleaseOutbox(judged, ops), handlers.SkipOutbox(judged, ops)] as const;
  const [{ released }, { skipped }] = await Promise.all(answers);
  expect([released, skipped, store.rows[0]?.state]).toEqual([1, 0, 'pending']);
  expect((await audited()).map(({ verb }) => verb)).toEqual(['ReleaseOutbox']);
});
