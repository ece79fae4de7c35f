import { memoryArtefacts } from '@gts/artefacts';
import { createEncoder } from '@gts/messaging';
import { ampOf, oracleEngine } from '@gts/nam';
import { silentLogger } from '@gts/observability';
import { memoryStore, type Store } from '@gts/persistence';
import { aContext, aTone, countingIds, manualClock, wavFile } from '@gts/testing';
import { compose } from '../composition';
import { countCollection } from './collections';
import { fileInspector } from './inspect-file';

const ada = aContext();

/** Notes the index of every query inside a unit. */
const watched = (store: Store, queries: string[]): Store => ({
  ...store,
  transaction: (ctx, fn, options) =>
    store.transaction(
      ctx,
      (unit) => {
        const collection: typeof unit.collection = (def) => {
          const rows = unit.collection(def);
          return { ...rows, query: (query) => (queries.push(`${def.name}.${query.index}`), rows.query(query)) };
        };
        return fn({ ...unit, collection });
      },
      options,
    ),
});

function setUp() {
  const clock = manualClock();
  const [store, newId, queries] = [memoryStore({ clock }), countingIds(), new Array<string>()];
  const artefacts = memoryArtefacts({ context: 'gear-catalog', clock });
  const encoder = createEncoder({ producer: 'gear-catalog', newId, clock });
  const outside = { store: watched(store, queries), encoder, clock, newId, artefacts, logger: silentLogger };
  const inspect = fileInspector(async (model) => ampOf(oracleEngine, model));
  const { application: app } = compose({ ...outside, config: { DEMO_PACK_DIR: '' } }, inspect);
  const upload = async (n: number, name = `Cab ${n}`) => {
    const stored = await artefacts.put(wavFile({ channels: [aTone(2000 + n)], float: true }));
    const { sha256: fileSha256 } = await app.commands.stageFile(stored, { ...ada });
    const about = { gearType: 'ir', licenceCode: 'cco', tags: [] as string[], declaredRights: true } as const;
    return app.commands.uploadGear({ fileSha256, name, ...about }, { ...ada });
  };
  return { app, store, upload, queries };
}

test.each([
  ['a new one', 3],
  ['a deletion', 1],
])('gear that is older than its count is counted at the next change: %s', async (what, gear) => {
  const { app, store, upload } = setUp();
  const { id: gearId } = await upload(1);
  await upload(2);
  await store.transaction(ada, (unit) => unit.collection(countCollection).purge('all'));
  await (what === 'a new one' ? upload(3) : app.commands.deleteGear({ gearId }, { ...ada }));
  expect(await store.collection(countCollection, ada).get('all')).toMatchObject({ gear });
});

test('the fiftieth gear of one name asks the store as often as the second', async () => {
  const { upload, queries } = setUp();
  const slugQueries = () => queries.filter((index) => index === 'gear.bySlug').length;
  const asked: number[] = [];
  for (let n = 0; n < 50; n += 1) {
    const before = slugQueries();
    await upload(n, 'Plexi');
    asked.push(slugQueries() - before);
  }
  // The first also finds out how much gear there was before it was counted.
  expect(asked).toEqual([2, ...Array.from({ length: 49 }, () => 1)]);
});
