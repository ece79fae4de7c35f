// One store, its units at two sizes: each piece of work is an inbox row, a saved aggregate and its message.
import { createRequire } from 'node:module';
import { measured } from './rows.mjs';

const require = createRequire(import.meta.url);
const { z } = require('zod');
const { context } = require('@gts/contracts');
const { clockOf, idFactory } = require('@gts/kernel');
const { createEncoder } = require('@gts/messaging');
const { collection, openStore, repositories } = require('@gts/persistence');

export const clock = clockOf(() => Math.floor(performance.timeOrigin + performance.now()));
const newId = idFactory(() => clock.epochMs());
const caller = {
  tenantId: '0199f000-0000-7000-8000-000000000001',
  actor: { kind: 'service', id: 'bench' },
  scopes: [],
  correlationId: '0199f000-0000-7000-8000-000000000003',
  deadline: 8.64e15,
};

const Saved = context('shootouts').event('BenchSaved', {
  aggregate: 'Bench',
  version: 1,
  summary: 'Something was saved.',
  data: z.strictObject({ title: z.string(), count: z.int() }),
  example: { title: 'x', count: 1 },
});
const benches = collection('benches', {
  scope: 'tenant',
  schema: z.strictObject({ title: z.string(), count: z.int(), at: z.string() }),
  indexes: { byAt: { fields: ['at'] } },
});
const AGGREGATES = 256;

/**
 * A store with some aggregates in it, and what does `pieces` of work in units of `size`. `saves`: a new aggregate
 * (`create`), or a change of one that is there and must be read first (`update`).
 */
async function bench(url, saves) {
  const store = await openStore({ url, service: 'bench', clock });
  const all = repositories({
    store,
    collection: benches,
    aggregate: 'Bench',
    translate: ({ title, count }) => [{ message: Saved, data: { title, count } }],
    encoder: createEncoder({ producer: 'shootouts', newId, clock }),
  });
  const ids = Array.from({ length: AGGREGATES }, () => newId());
  const start = { title: 'Plexi against Rectifier, the same take', count: 0, at: clock.now() };
  for (const id of ids) await all(caller).create(id, () => ({ state: start, events: [] }));
  let next = 0;
  const piece = async (unit) => {
    await unit.inbox.insert('bench__saved', newId(), 'digest of the body');
    if (saves === 'create') return all(unit.ctx).create(newId(), () => ({ state: start, events: [start] }));
    const change = ({ title, count }) => {
      const after = { title, count: count + 1, at: clock.now() };
      return { state: after, events: [after] };
    };
    await all(unit.ctx).update(ids[next++ % AGGREGATES], change);
  };
  const units = (pieces, size) =>
    measured(pieces, async () => {
      for (let done = 0; done < pieces; done += size)
        await store.transaction(
          caller,
          async (unit) => {
            for (let at = 0; at < size; at++) await piece(unit);
          },
          { batch: size > 1 },
        );
    });
  return { units, close: () => store.close() };
}

/** The same work in units of `size` and one by one, on the same store. */
export async function batchPair({ url, size, pieces, saves }) {
  const { units, close } = await bench(url, saves);
  return {
    unit: 'pieces/s',
    peer: 'one piece a unit',
    slices: 2,
    ours: () => units(pieces, size),
    theirs: () => units(pieces, 1),
    close,
  };
}
