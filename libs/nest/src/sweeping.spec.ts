import { durationMs, SYSTEM_TENANT } from '@gts/kernel';
import { silentLogger } from '@gts/observability';
import { collection, type CollectionDef, memoryStore } from '@gts/persistence';
import { sagaCollections } from '@gts/saga';
import { aContext, schedulerOf, VirtualTime } from '@gts/testing';
import { z } from 'zod';
import { sweeping } from './sweeping';

const letters = collection('letters', {
  scope: 'global',
  schema: z.looseObject({}),
  retention: [{ after: '30d', since: 'updatedAt' }],
});
const fences = sagaCollections.find(({ name }) => name === 'saga_fences') as CollectionDef<object>;
const ctx = aContext({ tenantId: SYSTEM_TENANT });

test('a service that is started again and has nothing to do still sweeps what it and the libraries keep', async () => {
  const time = new VirtualTime();
  const before = memoryStore({ clock: time.clock });
  await before.transaction(ctx, async (unit) => {
    await unit.collection(letters).insert('old', {});
    await unit.collection(fences).insert('old', { epoch: 1, at: time.clock.now() });
  });
  await time.pass(durationMs('46d'));
  const store = before.reopen();
  const counted: unknown[] = [];
  const sweep = sweeping({
    infra: { store, clock: time.clock, logger: silentLogger },
    owner: 'a',
    metrics: { count: (_name, labels, by) => void counted.push([labels, by]) },
    collections: [letters],
    scheduler: schedulerOf(time),
  });
  await sweep.start();
  await time.pass(durationMs('11m'));
  expect(counted).toEqual([
    [{ rows: 'saga_fences' }, 1],
    [{ rows: 'letters' }, 1],
  ]);
  await sweep.stop();
});
