import { memoryArtefacts } from '@gts/artefacts';
import {
  CancelRenderJob,
  ChainsSnapshotted,
  DIInspected,
  type DataOf,
  FinaliseShootout,
  GearModelsHeld,
  GearModelsHoldRefused,
  GearModelsReleased,
  GetRenderJob,
  HoldGearModels,
  ReleaseGearModels,
  RenderJobCancelled,
  RenderJobCompleted,
  RenderJobStarted,
  RenderShootoutJob,
  ShootoutFailed,
  ShootoutFinalised,
  type SagaCommandDef,
  type EventDef,
  SignalChainCreated,
  SnapshotChains,
  publicShootout,
  shootouts,
} from '@gts/contracts';
import { type Context, DomainError, GUEST, type Id, type SagaRef, SYSTEM_TENANT } from '@gts/kernel';
import type { RpcClient } from '@gts/messaging';
import { memoryStore } from '@gts/persistence';
import { sagaHost } from '@gts/saga';
import {
  aContext,
  anId,
  codeOf,
  countingIds,
  manualClock,
  outboxDriver,
  strictReplies,
  wireEncoder,
} from '@gts/testing';
import { createHash } from 'node:crypto';
import { createApplication } from './application';
import { wire } from './composition';
import { subscriptions } from './entrypoints/subscriptions';

const ctx = aContext({ scopes: ['shootouts.read', 'shootouts.edit', 'shootouts.render'] });
const guest = aContext({ tenantId: SYSTEM_TENANT, actor: { kind: 'user', id: GUEST } });
const stranger = aContext({ tenantId: anId<'Tenant'>(77), actor: { kind: 'user', id: anId(78) }, scopes: ctx.scopes });
const chains = [anId<'SignalChain'>(1), anId<'SignalChain'>(2)] as const;
const model = anId<'GearModel'>(9);
const away = () => Promise.reject(new DomainError({ kind: 'unavailable', code: 'BUS.NO_RESPONDERS', message: 'away' }));

type PlayedWith = [change?: Partial<DataOf<typeof RenderJobCompleted>>, gone?: object | undefined];
/** The whole service over memory adapters; other contexts are played by the spec. */
async function aWorld(licence: DataOf<typeof GearModelsHeld>['models'][number]['licence'] = 'cco') {
  const clock = manualClock();
  const store = memoryStore({ clock });
  const encoder = wireEncoder();
  const newId = countingIds();
  const artefacts = memoryArtefacts({ context: 'shootouts', clock });
  const rpc: RpcClient = {
    call: (def) => {
      return def.type === GetRenderJob.type ? away() : (Promise.resolve({ items: [] }) as never);
    },
  };
  let key = 0;
  const outside = { store, encoder, rpc, artefacts, newId, clock, blockedLicences: new Set(['cc-by-nd']) };
  const deps = wire({ ...outside, newKey: () => `key-${String(++key).padStart(20, '0')}` });
  const whole = createApplication(deps);
  const app = {
    ...whole,
    commands: strictReplies(shootouts, whole.commands),
    queries: strictReplies(shootouts, whole.queries),
  };
  const host = sagaHost(app.sagas.renderShootout, { store, encoder, newId });
  const driver = outboxDriver({ store, subscriptions: () => subscriptions(app, { store, encoder }, host) });
  const put = async (text: string, mediaType: string) => ({ ...(await artefacts.put(Buffer.from(text))), mediaType });

  const send = async <D extends EventDef>(def: D, data: DataOf<D>, saga?: SagaRef): Promise<void> => {
    driver.send(def, data, { ctx: { tenantId: ctx.tenantId }, ...(saga && { saga }) });
    await driver.idle();
  };
  /** Answers the latest command of this type as its receiver would. */
  const answer = async <D extends EventDef>(to: SagaCommandDef, def: D, data: DataOf<D>): Promise<void> => {
    const command = driver.ofType(to).at(-1);
    if (!command?.saga) throw new Error(`${to.type} was not sent`);
    await send(def, data, command.saga);
  };
  const aChain = (chainId: Id<'SignalChain'>, name: string) =>
    send(SignalChainCreated, { chainId, name, status: 'READY', contentHash: 'c'.repeat(64), gearModelIds: [model] });
  const aTake = async (text = 'take') => {
    const file = await put(text, 'audio/wav');
    const { id: uploadId } = await app.commands.createUpload(
      { purpose: 'di', length: file.bytes, filename: 'take.wav' },
      ctx,
    );
    await app.commands.appendChunk({ uploadId, offset: 0, chunk: file }, ctx);
    return uploadId;
  };
  const inspected = async (diTrackId: Id<'DITrack'>, seconds = 10): Promise<DataOf<typeof DIInspected>> => ({
    ...DIInspected.example,
    diTrackId,
    frames: seconds * 48_000,
    warnings: [],
    audio: await put('pcm', 'audio/x-f32le'),
    playback: await put('flac', 'audio/flac'),
    waveform: await put('peaks', 'application/json'),
  });
  const aTrack = async (seconds = 10) => {
    const { id } = await app.commands.createDITrack({ uploadId: await aTake(), name: 'Riff in E' }, ctx);
    await driver.idle();
    await send(DIInspected, await inspected(id, seconds));
    return id;
  };
  await aChain(chains[0], 'Cab one');
  await aChain(chains[1], 'Cab one');
  const aShootout = async (part: { visibility?: 'public' } = {}) => {
    const selections = chains.map((signalChainId) => ({ signalChainId }));
    const diTrackId = await aTrack();
    return app.commands.createShootout({ title: 'Which cab?', diTrackId, inputGainDb: 0, selections, ...part }, ctx);
  };

  /** Plays the other contexts up to and including the render. */
  const play = async (shootoutId: Id<'Shootout'>, ...[change = {}, gone]: PlayedWith) => {
    const { run, selections } = await app.commands.renderShootout({ shootoutId }, ctx);
    await driver.idle();
    const runId = run?.runId as Id<'Run'>;
    await snapshot(runId);
    await answer(HoldGearModels, GearModelsHeld, { runId, models: [held] });
    await send(RenderJobStarted, { runId, shootoutId });
    const sounds = gone ?? { listen: await put('16', 'audio/flac'), download: await put('24', 'audio/flac') };
    const [sample] = RenderJobCompleted.example.tones;
    const tones = selections.map(({ id: toneId }) => ({ ...sample, toneId, media: sounds }) as never);
    await answer(RenderShootoutJob, RenderJobCompleted, {
      ...(RenderJobCompleted.example as DataOf<typeof RenderJobCompleted>),
      runId,
      shootoutId,
      tones,
      levelling: { targetLufs: -15.21 },
      ...change,
    });
    return runId;
  };
  const blocks = [{ id: anId<'SignalBlock'>(5), kind: 'gear' as const, role: 'full_rig' as const, gearModelId: model }];
  const snapshot = (runId: Id<'Run'>) =>
    answer(SnapshotChains, ChainsSnapshotted, {
      runId,
      snapshots: chains.map((chainId) => ({ chainId, chainVersion: 1, name: 'Cab one', blocks })),
    });
  const held = { ...GearModelsHeld.example.models[0], gearModelId: model, licence } as never;
  return {
    app,
    deps,
    driver,
    store,
    clock,
    artefacts,
    aTake,
    aTrack,
    aShootout,
    answer,
    send,
    play,
    snapshot,
    held,
    inspected,
  };
}

test('the main job: from bytes to a public page, its manifest and its sound', async () => {
  const { app, driver, play, aShootout, store } = await aWorld();
  const draft = await aShootout({ visibility: 'public' });
  expect(draft).toMatchObject({ status: 'DRAFT', selections: [{ label: 'Cab one' }, { label: 'Cab one (2)' }] });
  expect(await codeOf(app.queries.getRun({ shootoutId: draft.id }, ctx))).toBe('SHOOTOUT.NOT_FOUND');
  const runs: Promise<{ status: string; rendered?: number | undefined } | undefined>[] = [];
  store.onOutbox(() => void runs.push(app.queries.getRun({ shootoutId: draft.id }, ctx).catch(() => undefined)));
  const runId = await play(draft.id);
  const ended = (await Promise.all(runs)).filter((run) => run?.status === 'COMPLETED');
  expect([...new Set(ended.map((run) => run?.rendered))]).toEqual([1]);

  const done = await app.queries.getShootout({ shootoutId: draft.id }, ctx);
  expect(done).toMatchObject({ status: 'COMPLETED', manifestVersion: 1, visibility: 'public', findings: [] });
  const run = { runId, step: 'done', percent: 100, rendered: 1, reused: 1 };
  expect(await app.queries.getRun({ shootoutId: draft.id }, ctx)).toMatchObject(run);

  const page = await app.queries.getPublicShootout({ shootoutId: draft.id, minEventSeq: done.eventSeq }, guest);
  expect(publicShootout.parse(page)).toEqual(page);
  expect(page.tones.map(({ label, position }) => [label, position])).toEqual([
    ['Cab one', 0],
    ['Cab one (2)', 1],
  ]);
  const { canonical, manifestSha256 } = await app.queries.getManifest(
    { shootoutId: draft.id, manifestVersion: 1 },
    guest,
  );
  expect(createHash('sha256').update(canonical).digest('hex')).toBe(manifestSha256);
  expect(page.manifestSha256).toBe(manifestSha256);

  const mediaKey = page.tones[0]?.media.listen.mediaKey ?? '';
  const media = await app.queries.resolveMedia({ mediaKey }, guest);
  expect(media).toMatchObject({
    published: true,
    filename: 'Which-cab_Cab-one.flac',
    ref: { mediaType: 'audio/flac' },
  });
  const list = await app.queries.browsePublic({ limit: 25, sort: 'newest' }, guest);
  expect(list.items.map(({ id, tones }) => [id, tones])).toEqual([[draft.id, ['Cab one', 'Cab one (2)']]]);
  expect(driver.ofType(ShootoutFinalised)).toHaveLength(1);
  expect(driver.ofType(FinaliseShootout)).toHaveLength(1);
});

test('a private, an unfinished and a missing shootout answer outsiders alike, also with a least version', async () => {
  const { app, play, aShootout } = await aWorld();
  const { id: shootoutId } = await aShootout();
  const missing = anId<'Shootout'>(4711);
  const answers = async (who: Context) => [
    await codeOf(app.queries.getPublicShootout({ shootoutId }, who)),
    await codeOf(app.queries.getPublicShootout({ shootoutId: missing }, who)),
    await codeOf(app.queries.getPublicShootout({ shootoutId, minEventSeq: 1 }, who)),
    await codeOf(app.queries.getPublicShootout({ shootoutId: missing, minEventSeq: 1 }, who)),
  ];
  const hidden = ['SHOOTOUT.NOT_FOUND', 'SHOOTOUT.NOT_FOUND', 'STORE.PROJECTION_LAG', 'STORE.PROJECTION_LAG'];
  expect(await answers(guest)).toEqual(hidden);
  await play(shootoutId);
  expect(await answers(guest)).toEqual(hidden);
  expect(await answers(stranger)).toEqual(hidden);
  const own = await app.queries.getPublicShootout({ shootoutId }, ctx);
  expect(own.published).toBe(false);
  const mediaKey = own.tones[0]?.media.listen.mediaKey ?? '';
  expect(await codeOf(app.queries.resolveMedia({ mediaKey }, guest))).toBe('SHOOTOUT.NOT_FOUND');

  const { version } = await app.queries.getShootout({ shootoutId }, ctx);
  await app.commands.setVisibility({ shootoutId, expectedVersion: version, visibility: 'unlisted' }, ctx);
  expect((await app.queries.resolveMedia({ mediaKey }, guest)).published).toBe(true);
  expect((await app.queries.browsePublic({ limit: 25, sort: 'newest' }, guest)).items).toEqual([]);
  await app.commands.deleteShootout({ shootoutId }, ctx);
  expect(await codeOf(app.queries.resolveMedia({ mediaKey }, guest))).toBe('SHOOTOUT.NOT_FOUND');
  await app.commands.restoreShootout({ shootoutId }, ctx);
  expect((await app.queries.resolveMedia({ mediaKey }, guest)).published).toBe(true);
});

test('a licence that forbids publishing makes the result private and keeps it so', async () => {
  const { app, play, aShootout } = await aWorld('cc-by-nd');
  const { id: shootoutId } = await aShootout({ visibility: 'public' });
  await play(shootoutId);
  const done = await app.queries.getShootout({ shootoutId }, ctx);
  expect(done).toMatchObject({ visibility: 'private', publishBlocked: { gearModelIds: [model] } });
  const publish = app.commands.setVisibility({ shootoutId, visibility: 'unlisted' }, ctx);
  expect(await codeOf(publish)).toBe('SHOOTOUT.LICENCE_FORBIDS_PUBLISHING');
});

test('a model that cannot be held fails the run at its tone and block, and may be tried again', async () => {
  const { app, driver, answer, snapshot, aShootout } = await aWorld();
  const { id: shootoutId, selections } = await aShootout();
  const { run } = await app.commands.renderShootout({ shootoutId }, ctx);
  await driver.idle();
  const runId = run?.runId as Id<'Run'>;
  expect(await codeOf(app.commands.renderShootout({ shootoutId }, ctx))).toBe('SHOOTOUT.SHOOTOUT_NOT_RENDERABLE');
  expect(await codeOf(app.commands.deleteShootout({ shootoutId }, ctx))).toBe('SHOOTOUT.SHOOTOUT_BUSY');
  await snapshot(runId);
  const errors = [{ gearModelId: model, code: 'GEAR.GEAR_WITHDRAWN' }];
  await answer(HoldGearModels, GearModelsHoldRefused, { runId, code: 'GEAR.GEAR_WITHDRAWN', retryable: false, errors });
  await answer(ReleaseGearModels, GearModelsReleased, { runId });
  const failed = await app.queries.getShootout({ shootoutId }, ctx);
  const failure = { code: 'GEAR.GEAR_WITHDRAWN', step: 'hold', toneId: selections[0]?.id, blockId: anId(5) };
  expect(failed).toMatchObject({ status: 'FAILED', failure });
  expect(driver.ofType(ShootoutFailed)).toHaveLength(1);
  expect((await app.commands.renderShootout({ shootoutId }, ctx)).renderVersion).toBe(2);
});

test('cancelling undoes in reverse order and ends FAILED with code cancelled', async () => {
  const { app, driver, answer, snapshot, aShootout, held } = await aWorld();
  const { id: shootoutId } = await aShootout();
  expect(await codeOf(app.commands.cancelRender({ shootoutId }, ctx))).toBe('SHOOTOUT.NOTHING_TO_CANCEL');
  const { run } = await app.commands.renderShootout({ shootoutId }, ctx);
  await driver.idle();
  const runId = run?.runId as Id<'Run'>;
  await snapshot(runId);
  await answer(HoldGearModels, GearModelsHeld, { runId, models: [held] });
  await app.commands.cancelRender({ shootoutId }, ctx);
  await driver.idle();
  await answer(CancelRenderJob, RenderJobCancelled, { runId });
  await answer(ReleaseGearModels, GearModelsReleased, { runId });
  expect(await app.queries.getShootout({ shootoutId }, ctx)).toMatchObject({ failure: { code: 'cancelled' } });
});

const unfit: [string, string, ...PlayedWith][] = [
  ['not level', 'LEVEL_MISMATCH', { levelling: { targetLufs: -14 } }, undefined],
  ['gone before the pivot', 'OUTPUT_MISSING', {}, RenderJobCompleted.example.tones[0]?.media],
];
test.each(unfit)('results that are %s are refused and undone; no file stays', async (_, told, ...change) => {
  const { app, driver, answer, play, aShootout, artefacts, clock } = await aWorld();
  const { id: shootoutId } = await aShootout();
  const runId = await play(shootoutId, ...change);
  await answer(CancelRenderJob, RenderJobCancelled, { runId });
  await answer(ReleaseGearModels, GearModelsReleased, { runId });
  const failure = { code: `SHOOTOUT.${told}`, step: 'finalise' };
  expect(await app.queries.getShootout({ shootoutId }, ctx)).toMatchObject({ status: 'FAILED', failure });
  expect(driver.ofType(ShootoutFinalised)).toHaveLength(0);
  clock.advance(25 * 3_600_000);
  await artefacts.sweep();
  expect(await artefacts.stat(createHash('sha256').update('24').digest('hex'))).toBeNull();
});

test('another workspace does not see one, and a draft says that its recording is gone', async () => {
  const { app, aShootout } = await aWorld();
  const { id, diTrackId } = await aShootout();
  expect(await codeOf(app.queries.getDITrack({ diTrackId }, stranger))).toBe('STORE.NOT_FOUND');
  await app.commands.deleteDITrack({ diTrackId }, ctx);
  const { findings } = await app.queries.getShootout({ shootoutId: id }, ctx);
  expect(findings?.map((each) => each.code)).toEqual(['di-unavailable']);
  expect(await codeOf(app.commands.renderShootout({ shootoutId: id }, ctx))).toBe('SHOOTOUT.DI_UNAVAILABLE');
  await app.commands.restoreDITrack({ diTrackId }, ctx);
  expect((await app.queries.getShootout({ shootoutId: id }, ctx)).findings).toEqual([]);
});
