import { memoryArtefacts } from '@gts/artefacts';
import {
  type DataOf,
  EnrichmentFailed,
  EnrichmentReady,
  EnrichRender,
  type EventDef,
  RenderEnrichmentFailed,
  RenderJobEnriched,
  ShootoutFailed,
} from '@gts/contracts';
import type { Id } from '@gts/kernel';
import { memoryStore } from '@gts/persistence';
import { sagaHost } from '@gts/saga';
import { aContext, anId, codeOf, countingIds, manualClock, outboxDriver, wireEncoder } from '@gts/testing';
import { createApplication } from './application';
import { enrichmentsOf } from './application/enrich';
import { wire } from './composition';
import type { Shootout } from './domain/shootout';
import { subscriptions } from './entrypoints/subscriptions';

const ctx = aContext({ scopes: ['shootouts.read', 'shootouts.edit', 'shootouts.render'] });
const shootoutId = anId<'Shootout'>(1);
const runId = anId<'Run'>(2);
const running: Shootout = {
  title: 'Which cab?',
  ownerId: 'ada',
  diTrackId: anId<'DITrack'>(3),
  inputGainDb: 0,
  selections: [],
  status: 'PROCESSING',
  visibility: 'private',
  renderVersion: 1,
  runId,
  blockedGearModelIds: [],
  takenDown: false,
};

/** One shootout whose run rendering has just finished. */
async function aWorld(state: Shootout = running) {
  const clock = manualClock();
  const store = memoryStore({ clock });
  const encoder = wireEncoder();
  const newId = countingIds();
  const artefacts = memoryArtefacts({ context: 'shootouts', clock });
  let key = 0;
  const deps = wire({
    store,
    encoder,
    artefacts,
    newId,
    clock,
    blockedLicences: new Set<string>(),
    rpc: { call: () => Promise.reject(new Error('nobody is asked')) },
    newKey: () => `key-${String(++key).padStart(20, '0')}`,
  });
  const app = createApplication(deps);
  const host = sagaHost(app.sagas.renderShootout, { store, encoder, newId });
  const driver = outboxDriver({ store, subscriptions: () => subscriptions(app, { store, encoder }, host) });
  await deps.shootouts(ctx).create(shootoutId, () => ({ state, events: [] }));
  const send = async <D extends EventDef>(def: D, data: DataOf<D>): Promise<void> => {
    driver.send(def, data, { ctx: { tenantId: ctx.tenantId } });
    await driver.idle();
  };
  const file = async (text: string, mediaType: string) => ({
    ...(await artefacts.put(Buffer.from(text))),
    mediaType,
  });
  const rows = () => enrichmentsOf(deps)(shootoutId, 1, ctx);
  const change = (part: Partial<Shootout>) =>
    deps.shootouts(ctx).update(shootoutId, (before) => ({ state: { ...before, ...part }, events: [] }));
  return { deps, app, driver, send, file, rows, change };
}
type World = Awaited<ReturnType<typeof aWorld>>;

const montageOf = async ({ file }: World) => ({
  runId,
  kind: 'montage' as const,
  ref: await file('flac', 'audio/flac'),
  chapters: [{ label: 'Plexi', startMs: 0 }],
  chaptersFile: await file('0:00 Plexi', 'text/plain'),
});
const told = (world: World, def: EventDef) => world.driver.ofType(def).map(({ data }) => data);
const about = { shootoutId, ownerId: 'ada', manifestVersion: 1 };

test('what comes before the manifest waits for it, with addresses of its own', async () => {
  const world = await aWorld();
  const made = await montageOf(world);
  await world.send(RenderJobEnriched, made);
  const [row] = await world.rows();
  expect(row).toMatchObject({ kind: 'montage', status: 'READY', chapters: made.chapters });
  expect(row?.media).toMatchObject({ ...made.ref, mediaKey: expect.any(String) as string });
  const medium = await world.deps.manifests.medium(row?.chaptersFile?.mediaKey ?? '', ctx);
  expect(medium).toMatchObject({ ref: made.chaptersFile, filename: 'Which-cab_chapters.txt', shootoutId });
  expect(told(world, EnrichmentReady)).toEqual([{ ...about, kind: 'montage' }]);
});
test('told twice it keeps its first address and is told on once', async () => {
  const world = await aWorld();
  const made = await montageOf(world);
  await world.send(RenderJobEnriched, made);
  const before = await world.rows();
  await world.send(RenderJobEnriched, made);
  expect(await world.rows()).toEqual(before);
  expect(told(world, EnrichmentReady)).toHaveLength(1);
});
test('a failure is told; asked for again it goes to rendering and may come', async () => {
  const world = await aWorld({ ...running, status: 'COMPLETED', manifestVersion: 1 });
  await world.send(RenderEnrichmentFailed, { runId, kind: 'video', code: 'encoder.timeout' });
  expect(told(world, EnrichmentFailed)).toEqual([{ ...about, kind: 'video' }]);
  const { retryEnrichment } = world.app.commands;
  expect(await retryEnrichment({ shootoutId, kind: 'video' }, ctx)).toEqual({ kind: 'video', status: 'PENDING' });
  expect(told(world, EnrichRender as never)).toEqual([{ runId, kinds: ['video'] }]);
  expect(await codeOf(retryEnrichment({ shootoutId, kind: 'video' }, ctx))).toBe('SHOOTOUT.ENRICHMENT_NOT_FAILED');
  await world.send(RenderJobEnriched, { runId, kind: 'video', ref: await world.file('mp4', 'video/mp4') });
  expect(await world.rows()).toMatchObject([{ kind: 'video', status: 'READY' }]);
});
test('nothing that failed, nothing to ask for again', async () => {
  const world = await aWorld({ ...running, status: 'COMPLETED', manifestVersion: 1 });
  const asked = world.app.commands.retryEnrichment({ shootoutId, kind: 'picture' }, ctx);
  expect(await codeOf(asked)).toBe('SHOOTOUT.ENRICHMENT_NOT_FAILED');
});
test('a file that is gone is a failure, not an address without bytes', async () => {
  const world = await aWorld();
  const ref = { sha256: 'f'.repeat(64), bytes: 1, mediaType: 'video/mp4' };
  await world.send(RenderJobEnriched, { runId, kind: 'video', ref });
  expect(await world.rows()).toMatchObject([{ kind: 'video', status: 'FAILED', code: 'input.missing' }]);
});
test('a run that failed, or that nobody knows, is not enriched', async () => {
  const world = await aWorld({ ...running, status: 'FAILED' });
  const made = await montageOf(world);
  await world.send(RenderJobEnriched, made);
  await world.send(RenderEnrichmentFailed, { runId: anId<'Run'>(9) as Id<'Run'>, kind: 'video', code: 'x' });
  expect(await world.rows()).toEqual([]);
});
test('a run that fails after all lets go what was made for it', async () => {
  const world = await aWorld();
  const made = await montageOf(world);
  await world.send(RenderJobEnriched, made);
  await world.change({ status: 'FAILED' });
  await world.send(ShootoutFailed, { shootoutId, ownerId: 'ada', runId, code: 'cancelled' });
  expect(await world.deps.holders.heldBy(runId, ctx)).toEqual([]);
});
