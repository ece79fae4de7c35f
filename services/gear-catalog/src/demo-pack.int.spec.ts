import { join } from 'node:path';
import { memoryArtefacts } from '@gts/artefacts';
import { SearchGear } from '@gts/contracts';
import { SYSTEM_TENANT } from '@gts/kernel';
import { createEncoder } from '@gts/messaging';
import { aContext, countingIds, manualClock, testStores } from '@gts/testing';
import { workerInspector } from './adapters/worker-inspector';
import { compose } from './composition';

const stores = testStores('gear');
afterAll(() => stores.drop());
const quiet = { debug() {}, info() {}, warn() {}, error() {}, child: () => quiet };
const guest = aContext({ tenantId: SYSTEM_TENANT, scopes: [] });

test('the demo pack comes in once, judged by the real engine in a worker, and is found as the curl script asks', async () => {
  const clock = manualClock();
  const store = await stores.open('gear-catalog', { clock });
  const newId = countingIds();
  const encoder = createEncoder({ producer: 'gear-catalog', newId, clock });
  const artefacts = memoryArtefacts({ context: 'gear-catalog', clock });
  const config = { DEMO_PACK_DIR: join(__dirname, '..', '..', '..', 'deploy', 'demo') };
  const inspect = workerInspector();
  const { application: app } = compose({ store, encoder, clock, newId, artefacts, logger: quiet, config }, inspect);
  expect(await app.chores.importDemoPack()).toEqual({ added: 7, failed: [] });
  expect(await app.chores.importDemoPack()).toEqual({ added: 0, failed: [] });
  const search = async (part: object) => (await app.queries.searchGear(SearchGear.data.parse(part), guest)).items;
  const [amp] = await search({ gearType: 'amp', source: 'demo' });
  expect(amp).toMatchObject({ scope: 'PLATFORM', licence: { code: 'cco' }, models: [{ status: 'AVAILABLE' }] });
  expect((await search({ gearType: 'ir', irKind: 'cabinet', source: 'demo', limit: 2 })).length).toBe(2);
  expect((await search({ gearType: 'pedal' }))[0]?.models[0]).toMatchObject({ size: 'feather', architecture: '1' });
  await store.close();
});

test('a refusal of the worker arrives with its code', async () => {
  const inspect = workerInspector();
  await expect(inspect('nam', Buffer.from('{}'))).rejects.toMatchObject({ code: 'nam.schema', kind: 'rule-violated' });
  await expect(inspect('ir', Buffer.from('RIFF'))).rejects.toMatchObject({ code: 'ir.not_wav' });
});
