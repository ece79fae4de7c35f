import { memoryArtefacts } from '@gts/artefacts';
import {
  DIInspected,
  DIRejected,
  type DataOf,
  type EventDef,
  GetSignalChains,
  InspectDI,
  SignalChainCreated,
  WORKSPACE_LIMITS,
} from '@gts/contracts';
import type { DomainError, Id } from '@gts/kernel';
import type { RpcClient } from '@gts/messaging';
import { memoryStore } from '@gts/persistence';
import { sagaHost } from '@gts/saga';
import { aContext, anId, countingIds, manualClock, outboxDriver, wireEncoder, codeOf } from '@gts/testing';
import { usageDocuments } from './adapters/collections';
import { createApplication } from './application';
import { wire } from './composition';
import { subscriptions } from './entrypoints/subscriptions';

const ctx = aContext({ scopes: ['shootouts.edit'] });
const chains = [anId<'SignalChain'>(1), anId<'SignalChain'>(2)] as const;
/** Marks as a disk sets them: the event loop turns meanwhile, which no unit survives. */
function outsideUnits(artefacts: ReturnType<typeof memoryArtefacts>): void {
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  const keep = artefacts.keep.bind(artefacts);
  const drop = artefacts.delete.bind(artefacts);
  artefacts.keep = (sha256) => turn().then(() => keep(sha256));
  artefacts.delete = (sha256) => turn().then(() => drop(sha256));
}

/** The service over memory adapters, as far as recordings need it. */
function aWorld() {
  const clock = manualClock();
  const asked: string[] = [];
  const rpc: RpcClient = {
    call: ({ name }) => {
      asked.push(name);
      return Promise.resolve({ items: [] }) as never;
    },
  };
  const store = memoryStore({ clock });
  const [encoder, newId] = [wireEncoder(), countingIds()];
  const artefacts = memoryArtefacts({ context: 'shootouts', clock });
  outsideUnits(artefacts);
  const outside = { store, encoder, rpc, artefacts, newId, clock, blockedLicences: new Set<string>() };
  const app = createApplication(wire({ ...outside, newKey: () => 'k'.repeat(22) }));
  const host = sagaHost(app.sagas.renderShootout, { store, encoder, newId });
  const driver = outboxDriver({ store, subscriptions: () => subscriptions(app, { store, encoder }, host) });
  const put = async (text: string, mediaType: string) => ({ ...(await artefacts.put(Buffer.from(text))), mediaType });
  const send = async <D extends EventDef>(def: D, data: DataOf<D>): Promise<void> => {
    driver.send(def, data, { ctx: { tenantId: ctx.tenantId } });
    await driver.idle();
  };
  const aTake = async (text = 'take', caller = ctx) => {
    const chunk = await put(text, 'audio/wav');
    const opened = { purpose: 'di' as const, length: chunk.bytes, filename: 'take.wav' };
    const { id: uploadId } = await app.commands.createUpload(opened, caller);
    await app.commands.appendChunk({ uploadId, offset: 0, chunk }, caller);
    return uploadId;
  };
  const inspected = async (diTrackId: Id<'DITrack'>): Promise<DataOf<typeof DIInspected>> => ({
    ...DIInspected.example,
    diTrackId,
    frames: 48e4,
    warnings: [],
    audio: await put('pcm', 'audio/x-f32le'),
    playback: await put('flac', 'audio/flac'),
    waveform: await put('peaks', 'application/json'),
  });
  const aTrack = async () => {
    for (const chainId of chains) {
      const saved = { chainId, name: 'Cab', status: 'READY' as const, contentHash: 'c'.repeat(64), gearModelIds: [] };
      await send(SignalChainCreated, saved);
    }
    const { id } = await app.commands.createDITrack({ uploadId: await aTake(), name: 'Riff in E' }, ctx);
    await driver.idle();
    await send(DIInspected, await inspected(id));
    return id;
  };
  return { app, driver, store, clock, artefacts, asked, aTake, aTrack, send, inspected };
}

test('one file makes one recording, which the refusal of a second names', async () => {
  const { app, aTake, driver } = aWorld();
  const { id } = await app.commands.createDITrack({ uploadId: await aTake(), name: 'One' }, ctx);
  expect(driver.ofType(InspectDI)).toHaveLength(1);
  const second = app.commands.createDITrack({ uploadId: await aTake(), name: 'Two' }, ctx);
  await expect(second).rejects.toMatchObject({ code: 'SHOOTOUT.DUPLICATE_FILE', details: { diTrackId: id } });
});

test('a rejected one leaves no file behind and frees its place', async () => {
  const { app, aTake, send, artefacts, clock, driver } = aWorld();
  const { id, sourceSha256 } = await app.commands.createDITrack({ uploadId: await aTake(), name: 'One' }, ctx);
  await driver.idle();
  await send(DIRejected, { diTrackId: id, code: 'wav.silent' });
  expect(await app.queries.getDITrack({ diTrackId: id }, ctx)).toMatchObject({
    status: 'REJECTED',
    rejection: { code: 'wav.silent' },
  });
  clock.advance(25 * 3_600_000);
  await artefacts.sweep();
  expect(await artefacts.stat(sourceSha256)).toBeNull();
  const again = await app.commands.createDITrack({ uploadId: await aTake(), name: 'Two' }, ctx);
  expect(again.status).toBe('INSPECTING');
});

test('what nobody inspects within 120 s is rejected, and a late answer changes nothing', async () => {
  const { app, aTake, clock, send, inspected, driver } = aWorld();
  const { id } = await app.commands.createDITrack({ uploadId: await aTake(), name: 'One' }, ctx);
  await driver.idle();
  clock.advance(119_999);
  await app.sweep();
  expect((await app.queries.getDITrack({ diTrackId: id }, ctx)).status).toBe('INSPECTING');
  clock.advance(1);
  await app.sweep();
  await send(DIInspected, await inspected(id));
  expect(await app.queries.getDITrack({ diTrackId: id }, ctx)).toMatchObject({
    status: 'REJECTED',
    rejection: { code: 'di.inspection_timeout' },
  });
});

test('words and riffs change, null clears, and a riff lies inside the recording', async () => {
  const { app, aTake, driver, send, inspected } = aWorld();
  const about = { name: 'One', guitar: 'SG', channel: 'left' as const };
  const { id: diTrackId } = await app.commands.createDITrack({ uploadId: await aTake(), ...about }, ctx);
  await driver.idle();
  await send(DIInspected, await inspected(diTrackId));
  const riff = { label: 'Intro', startMs: 0, endMs: 10_000 };
  const changed = await app.commands.updateDITrack({ diTrackId, guitar: null, tuning: 'Drop D', riffs: [riff] }, ctx);
  expect(changed).toMatchObject({ name: 'One', tuning: 'Drop D', riffs: [riff], durationMs: 10_000 });
  expect(changed).not.toHaveProperty('guitar');
  const outside = app.commands.updateDITrack({ diTrackId, riffs: [{ ...riff, endMs: 10_001 }] }, ctx);
  expect(await codeOf(outside)).toBe('SHOOTOUT.RIFF_INVALID');
  const stale = app.commands.updateDITrack({ diTrackId, expectedVersion: 1, name: 'Two' }, ctx);
  expect(await codeOf(stale)).toBe('STORE.VERSION_CONFLICT');
});

test('the sound of a recording is there when it is inspected', async () => {
  const { app, aTake, driver, send, inspected } = aWorld();
  const { id: diTrackId } = await app.commands.createDITrack({ uploadId: await aTake(), name: '../One' }, ctx);
  expect(await codeOf(app.queries.getDIAudio({ diTrackId }, ctx))).toBe('SHOOTOUT.DI_NOT_READY');
  await driver.idle();
  await send(DIInspected, await inspected(diTrackId));
  expect(await app.queries.getDIAudio({ diTrackId }, ctx)).toMatchObject({
    filename: 'One.flac',
    ref: { mediaType: 'audio/flac' },
  });
});

test('an upload of an other person is not there, and an expired one is over', async () => {
  const { app, clock, artefacts } = aWorld();
  const { id: uploadId } = await app.commands.createUpload({ purpose: 'di', length: 8, filename: 'a.wav' }, ctx);
  const other = { ...ctx, actor: { kind: 'user', id: 'other' } } as const;
  expect(await codeOf(app.queries.getUpload({ uploadId }, other))).toBe('SHOOTOUT.NOT_FOUND');
  clock.advance(24 * 3_600_000);
  await app.sweep();
  const chunk = { ...(await artefacts.put(Buffer.from('late'))), mediaType: 'audio/wav' };
  expect(await codeOf(app.commands.appendChunk({ uploadId, offset: 0, chunk }, ctx))).toBe('SHOOTOUT.UPLOAD_EXPIRED');
});

test('creating answers every finding at its place and keeps nothing', async () => {
  const { app, aTrack, asked } = aWorld();
  const diTrackId = await aTrack();
  const selections = [
    { signalChainId: chains[0], label: 'A' },
    { signalChainId: chains[0], label: 'A' },
    { signalChainId: anId<'SignalChain'>(99) },
  ];
  const data = { title: 'No', diTrackId, inputGainDb: 0, selections, excerpt: { startMs: 500, endMs: 1000 } };
  const refused = app.commands.createShootout(data, ctx);
  await expect(refused).rejects.toMatchObject({ code: 'SHOOTOUT.SHOOTOUT_INVALID', kind: 'rule-violated' });
  const { details } = (await refused.catch((error: unknown) => error)) as DomainError;
  expect(details?.errors?.map((each) => `${each.code} ${each.pointer}`)).toEqual([
    'duplicate-chain /selections/1/signalChainId',
    'duplicate-label /selections/1/label',
    'chain-unknown /selections/2/signalChainId',
    'excerpt-invalid /excerpt',
  ]);
  expect(asked).toEqual([GetSignalChains.name]);
  expect((await app.queries.listShootouts({ limit: 25 }, ctx)).items).toEqual([]);
});

test('five runs of a workspace go at once, the sixth waits for a quota', async () => {
  const { app, aTrack, driver } = aWorld();
  const diTrackId = await aTrack();
  const selections = chains.map((signalChainId) => ({ signalChainId }));
  const render = async () => {
    const { id } = await app.commands.createShootout({ title: 'One more', diTrackId, inputGainDb: 0, selections }, ctx);
    return codeOf(app.commands.renderShootout({ shootoutId: id }, ctx));
  };
  const answers = [];
  for (let n = 0; n < 6; n += 1) answers.push(await render());
  await driver.idle();
  expect(answers).toEqual(['nothing', 'nothing', 'nothing', 'nothing', 'nothing', 'SHOOTOUT.QUOTA_EXCEEDED']);
});

test('a recording keeps its source, also when an upload of the same bytes is aborted or expires', async () => {
  const { app, artefacts, clock, aTrack } = aWorld();
  const { sourceSha256 } = await app.queries.getDITrack({ diTrackId: await aTrack() }, ctx);
  const bytes = (await artefacts.read(sourceSha256)) ?? new Uint8Array();
  const open = async () => {
    const { id } = await app.commands.createUpload({ purpose: 'di', length: 100, filename: 'a.wav' }, ctx);
    const chunk = { ...(await artefacts.put(bytes)), mediaType: 'audio/wav' };
    await app.commands.appendChunk({ uploadId: id, offset: 0, chunk }, ctx);
    return id;
  };
  await app.commands.abortUpload({ uploadId: await open() }, ctx);
  await open();
  clock.advance(24 * 3_600_000);
  await app.sweep();
  clock.advance(25 * 3_600_000);
  await artefacts.sweep();
  expect(await artefacts.stat(sourceSha256)).not.toBeNull();
});

const other = aContext({ tenantId: anId<'Tenant'>(50), scopes: ctx.scopes });
const rejectedElsewhere: [string, (world: ReturnType<typeof aWorld>, id: Id<'DITrack'>) => Promise<unknown>][] = [
  [
    'refused',
    async ({ driver }, diTrackId) => {
      driver.send(DIRejected, { diTrackId, code: 'wav.silent' }, { ctx: { tenantId: other.tenantId } });
      await driver.idle();
    },
  ],
  ['never answered', async ({ app, clock }) => (clock.advance(121_000), app.sweep())],
];
test.each(rejectedElsewhere)('bytes that another workspace plays stay when they are %s here', async (_, reject) => {
  const world = aWorld();
  const { app, artefacts, clock, aTake, aTrack, driver } = world;
  const { sourceSha256 } = await app.queries.getDITrack({ diTrackId: await aTrack() }, ctx);
  const { id } = await app.commands.createDITrack({ uploadId: await aTake('take', other), name: 'Same' }, other);
  await driver.idle();
  await reject(world, id);
  expect(await app.queries.getDITrack({ diTrackId: id }, other)).toMatchObject({ status: 'REJECTED' });
  clock.advance(25 * 3_600_000);
  await artefacts.sweep();
  expect(await artefacts.stat(sourceSha256)).not.toBeNull();
});

test('50 recordings a day, rejected ones too', async () => {
  const { app, aTake, clock, send, driver } = aWorld();
  const record = async (n: number) =>
    app.commands.createDITrack({ uploadId: await aTake(`take ${n}`), name: 'R' }, ctx);
  for (let n = 0; n < WORKSPACE_LIMITS.diTracksPerDay; n += 1) {
    const { id } = await record(n);
    if (n === 0) await send(DIRejected, { diTrackId: id, code: 'wav.silent' });
  }
  await driver.idle();
  expect(await codeOf(record(50))).toBe('SHOOTOUT.QUOTA_EXCEEDED');
  clock.advance(25 * 3_600_000);
  expect((await record(51)).status).toBe('INSPECTING');
});

test.each([
  ['a new shootout', 3, 'create'],
  ['a deletion', 1, 'delete'],
])('what is older than its count is counted at the next save: %s', async (_name, shootouts, save) => {
  const { app, aTrack, store } = aWorld();
  const diTrackId = await aTrack();
  const selections = chains.map((signalChainId) => ({ signalChainId }));
  const create = () => app.commands.createShootout({ title: 'One', diTrackId, inputGainDb: 0, selections }, ctx);
  const { id: shootoutId } = await create();
  await create();
  const usage = await store.collection(usageDocuments, ctx).get('all');
  await store.transaction(ctx, (unit) => unit.collection(usageDocuments).purge('all'));
  await (save === 'create' ? create() : app.commands.deleteShootout({ shootoutId }, ctx));
  const { diBytes, tracks } = usage;
  expect([diBytes > 0, tracks]).toEqual([true, 1]);
  expect(await store.collection(usageDocuments, ctx).get('all')).toMatchObject({ shootouts, diBytes, tracks });
});

test('recordings that are older than their count are counted when one of them goes', async () => {
  const { app, aTrack, store } = aWorld();
  const diTrackId = await aTrack();
  await store.transaction(ctx, (unit) => unit.collection(usageDocuments).purge('all'));
  await app.commands.deleteDITrack({ diTrackId }, ctx);
  expect(await store.collection(usageDocuments, ctx).get('all')).toMatchObject({ diBytes: 0, tracks: 1 });
});

test('200 shootouts a workspace; a deleted one makes room, and comes back only into it', async () => {
  const { app, aTrack } = aWorld();
  const diTrackId = await aTrack();
  const selections = chains.map((signalChainId) => ({ signalChainId }));
  const create = () => app.commands.createShootout({ title: 'One', diTrackId, inputGainDb: 0, selections }, ctx);
  const { id: first } = await create();
  for (let n = 1; n < WORKSPACE_LIMITS.shootouts; n += 1) await create();
  expect(await codeOf(create())).toBe('SHOOTOUT.LIMIT_REACHED');
  await app.commands.deleteShootout({ shootoutId: first }, ctx);
  await create();
  expect(await codeOf(app.commands.restoreShootout({ shootoutId: first }, ctx))).toBe('SHOOTOUT.RESTORE_REFUSED');
});
