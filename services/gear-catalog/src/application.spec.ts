import { artefactShelf, memoryArtefacts } from '@gts/artefacts';
import { SearchGear } from '@gts/contracts';
import { type Context, type Id, instantOf } from '@gts/kernel';
import { createEncoder } from '@gts/messaging';
import { ampOf, oracleEngine } from '@gts/nam';
import { memoryStore } from '@gts/persistence';
import { aContext, anId, aTone, countingIds, manualClock, wavFile } from '@gts/testing';
import type { z } from 'zod';
import { fileInspector } from './adapters/inspect-file';
import type { Inspect } from './application/ports';
import { compose } from './composition';

const quiet = { debug() {}, info() {}, warn() {}, error() {}, child: () => quiet };
const ir = (n: number): Buffer => wavFile({ channels: [aTone(2000 + n)], float: true });
const ada = aContext();
const ben = aContext({ tenantId: anId(7), actor: { kind: 'user', id: anId(8) } });

/** On the definition: the product's engines are tried where files and threads are real. */
const inspectFile = fileInspector(async (model) => ampOf(oracleEngine, model));
const setUp = (inspect: Inspect = inspectFile) => {
  const clock = manualClock();
  const store = memoryStore({ clock });
  const newId = countingIds();
  const shelf = artefactShelf();
  const artefacts = memoryArtefacts({ context: 'gear-catalog', clock, shelf });
  const encoder = createEncoder({ producer: 'gear-catalog', newId, clock });
  const config = { DEMO_PACK_DIR: `${__dirname}/../../../deploy/demo` };
  const { application: app } = compose({ store, encoder, clock, newId, artefacts, logger: quiet, config }, inspect);
  const stage = async (bytes: Uint8Array, ctx = ada) => {
    const stored = await artefacts.put(bytes);
    return (await app.commands.stageFile(stored, { ...ctx })).sha256;
  };
  const upload = async (n: number, part: object = {}, ctx: Context = ada) => {
    const fileSha256 = await stage(ir(n), ctx);
    const about = { name: `Cab ${n}`, gearType: 'ir', licenceCode: 'cco', tags: noTags, declaredRights: true } as const;
    const gear = await app.commands.uploadGear({ fileSha256, ...about, ...part }, { ...ctx });
    clock.advance(1);
    return gear;
  };
  const search = (part: Partial<z.input<typeof SearchGear.data>> = {}, ctx: Context = ada) =>
    app.queries.searchGear(SearchGear.data.parse(part), ctx);
  const events = () => store.rows.map((row) => row.subject.split('.').at(-1));
  return { app, clock, store, shelf, artefacts, stage, upload, search, events };
};
const noTags: string[] = [];
const code = (wanted: string) => expect.objectContaining({ code: wanted }) as Error;
const names = ({ items }: { items: readonly { name: string }[] }) => items.map(({ name }) => name);

describe('an upload', () => {
  test('becomes gear with a usable model, told as facts', async () => {
    const { app, upload, events } = setUp();
    const gear = await upload(1, { makeName: 'Orange', tags: ['bright', 'Bright cab'] });
    expect(gear).toMatchObject({
      scope: 'TENANT',
      irKind: 'cabinet',
      slug: 'cab-1',
      make: { slug: 'orange' },
      source: { name: 'upload' },
      models: [{ status: 'AVAILABLE', analysis: { kind: 'ir', frames: 2001, channels: 1 } }],
    });
    expect(events()).toEqual(['GearAdded', 'GearModelAdded', 'GearModelAvailable']);
    expect(await app.queries.getGear({ idOrSlug: 'cab-1' }, ada)).toEqual(gear);
    const modelId = gear.models[0]?.id ?? anId(0);
    expect(await app.queries.getGearModel({ gearModelId: modelId }, ada)).toMatchObject({
      gearName: 'Cab 1',
      gearType: 'ir',
    });
  });
  const bad: [string, Uint8Array, string][] = [
    ['text', Buffer.from('hello'), 'ir.not_wav'],
    ['silence', wavFile({ channels: [new Float32Array(100)] }), 'ir.silent'],
    ['a capture that is no JSON', Buffer.from('{'), 'nam.not_json'],
    ['a capture without fields', Buffer.from('{}'), 'nam.schema'],
    ...[0, 1, 44, 199].map(
      (length) => [`${length} bytes`, Buffer.alloc(length, 7), 'ir.not_wav'] as [string, Uint8Array, string],
    ),
  ];
  test.each(bad)('of %s is refused and leaves neither row nor file', async (_, bytes, inner) => {
    const { app, stage, store, shelf, search } = setUp();
    const fileSha256 = await stage(bytes);
    const gearType = inner.startsWith('nam') ? 'amp' : 'ir';
    const about = { name: 'x', gearType, licenceCode: 'cco', tags: noTags, declaredRights: true } as const;
    const refused = app.commands.uploadGear({ fileSha256, ...about }, { ...ada, commandId: anId(50) });
    await expect(refused).rejects.toMatchObject({
      code: 'GEAR.FILE_REJECTED',
      details: { errors: [{ code: inner, pointer: '/fileSha256' }] },
    });
    expect(shelf.get(fileSha256)?.marks.size).toBe(0);
    expect(store.rows).toEqual([]);
    expect((await search()).items).toEqual([]);
    expect(await store.commands.find({ ...ada, commandId: anId(50) })).toBeUndefined();
    const again = app.commands.uploadGear({ fileSha256, ...about }, { ...ada });
    await expect(again).rejects.toEqual(code('GEAR.FILE_NOT_STAGED'));
  });
  test('of a file that the workspace has is refused and keeps the first; another workspace may have it', async () => {
    const { upload, shelf } = setUp();
    const first = await upload(1);
    await expect(upload(1, { name: 'twin' })).rejects.toEqual(code('GEAR.DUPLICATE_FILE'));
    expect(shelf.get(first.models[0]?.sha256 ?? '')?.marks.size).toBe(1);
    expect((await upload(1, {}, ben)).scope).toBe('TENANT');
  });
  test('of a common name gets a number, then an end of its own that needs no search', async () => {
    const { upload } = setUp();
    const slugs: string[] = [];
    for (const n of [1, 2, 3, 4, 5]) slugs.push((await upload(n, { name: 'Plexi' })).slug);
    expect(slugs.slice(0, 3)).toEqual(['plexi', 'plexi-2', 'plexi-3']);
    expect(slugs.slice(3).every((slug) => /^plexi-[0-9a-f]{12}$/.test(slug))).toBe(true);
    expect(new Set(slugs).size).toBe(5);
  });
  test('needs a file that this person staged within the hour', async () => {
    const { app, clock, stage, shelf } = setUp();
    const fileSha256 = await stage(ir(1));
    const about = { name: 'x', gearType: 'ir', licenceCode: 'cco', tags: noTags, declaredRights: true } as const;
    const stolen = app.commands.uploadGear({ fileSha256, ...about }, { ...ben });
    await expect(stolen).rejects.toEqual(code('GEAR.FILE_NOT_STAGED'));
    clock.advance(3_600_000);
    await expect(app.commands.uploadGear({ fileSha256, ...about }, { ...ada })).rejects.toEqual(
      code('GEAR.FILE_NOT_STAGED'),
    );
    await app.chores.sweep();
    expect(shelf.get(fileSha256)?.marks.size).toBe(0);
  });
  test('cannot be staged with a hash that is not stored', async () => {
    const { app } = setUp();
    const staged = app.commands.stageFile({ sha256: 'a'.repeat(64), bytes: 1 }, ada);
    await expect(staged).rejects.toEqual(code('GEAR.CHECKSUM_MISMATCH'));
  });
});

describe('search', () => {
  test('shows a workspace its own gear and nobody else', async () => {
    const { upload, search, app } = setUp();
    const own = await upload(1);
    expect(names(await search())).toEqual(['Cab 1']);
    expect((await search({}, ben)).items).toEqual([]);
    await expect(app.queries.getGear({ idOrSlug: own.id }, ben)).rejects.toEqual(code('GEAR.GEAR_NOT_FOUND'));
    expect((await app.queries.getGearModels({ gearModelIds: [own.models[0]?.id ?? anId(0)] }, ben)).items).toEqual([]);
  });
  test.each(['newest', 'name', 'mostUsed'] as const)(
    'by %s pages without repeating or skipping while gear is added',
    async (sort) => {
      const { upload, search } = setUp();
      for (let n = 0; n < 7; n += 1) await upload(n);
      const whole = names(await search({ sort }));
      const paged: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await search({ sort, limit: 2, ...(cursor && { cursor }) });
        paged.push(...names(page));
        if (paged.length === 4) await upload(100, { name: sort === 'name' ? 'AAA' : 'later' });
        cursor = page.next ?? undefined;
      } while (cursor);
      expect(paged).toEqual(whole);
      expect(new Set(paged).size).toBe(7);
    },
  );
  test('refuses a cursor of another search or workspace, and deleted gear to all but operators', async () => {
    const { upload, search, app } = setUp();
    const [gear] = [await upload(1), await upload(2)];
    const { next } = await search({ limit: 1 });
    const cursor = next ?? '';
    await expect(search({ cursor, sort: 'name' })).rejects.toEqual(code('STORE.INVALID_CURSOR'));
    await expect(search({ cursor }, ben)).rejects.toEqual(code('STORE.INVALID_CURSOR'));
    await expect(search({ includeDeleted: true })).rejects.toEqual(code('GEAR.OPERATORS_ONLY'));
    await app.commands.deleteGear({ gearId: gear.id }, { ...ada });
    expect((await search({ includeDeleted: true }, { ...ada, scopes: ['ops'] })).items).toHaveLength(2);
  });
});

test('changing and deleting', async () => {
  const { app, upload, search, events } = setUp();
  const gear = await upload(1);
  const changed = await app.commands.updateGear(
    { gearId: gear.id, expectedVersion: gear.version, name: 'New' },
    { ...ada },
  );
  expect(changed).toMatchObject({ name: 'New', version: gear.version + 1 });
  expect(names(await search({ q: 'new' }))).toEqual(['New']);
  expect((await search({ q: 'cab' })).items).toEqual([]);
  const stale = app.commands.updateGear({ gearId: gear.id, expectedVersion: gear.version, name: 'x' }, { ...ada });
  await expect(stale).rejects.toMatchObject({
    code: 'STORE.VERSION_CONFLICT',
    details: { currentVersion: gear.version + 1 },
  });
  await app.commands.deleteGear({ gearId: gear.id }, { ...ada });
  expect((await search()).items).toEqual([]);
  expect(events().slice(-2)).toEqual(['GearRemoved', 'GearModelUnavailable']);
  await expect(app.commands.deleteGear({ gearId: gear.id }, { ...ada })).rejects.toEqual(code('GEAR.GEAR_NOT_FOUND'));
  expect((await upload(1)).slug).toBe('cab-1');
});

describe('holding for a run', () => {
  const runId = anId<'Run'>(500);
  const ask = (gearModelIds: Id<'GearModel'>[]) => ({
    runId,
    gearModelIds,
    actorUserId: anId<'User'>(1),
    purpose: 'render' as const,
  });
  const command = <D>(data: D) => ({
    id: anId<'Message'>(1),
    type: 't',
    occurredAt: instantOf(0),
    tenantId: ada.tenantId,
    data,
  });
  const op = { sagaId: anId<'Saga'>(1), step: 'hold', attempt: 1 };
  test('gives every model with file, licence and name', async () => {
    const { app, upload } = setUp();
    const gear = await upload(1, { licenceCode: 'cc-by', attribution: 'Ada' });
    const model = gear.models[0]?.id ?? anId(0);
    const outcome = await app.steps[0]?.spec.do(command(ask([model, model])) as never, ada, op);
    expect(outcome).toMatchObject({
      state: 'done',
      event: { name: 'GearModelsHeld' },
      data: {
        runId,
        models: [{ gearModelId: model, kind: 'ir', licence: 'cc-by', attribution: 'Ada', displayName: 'Cab 1' }],
      },
    });
  });
  test('is refused naming each model that cannot be had', async () => {
    const { app, upload } = setUp();
    const foreign = (await upload(2, {}, ben)).models[0]?.id ?? anId(0);
    const own = (await upload(1)).models[0]?.id ?? anId(0);
    const outcome = await app.steps[0]?.spec.do(command(ask([own, foreign, anId(9)])) as never, ada, op);
    expect(outcome).toMatchObject({
      state: 'failed',
      event: { name: 'GearModelsHoldRefused' },
      data: {
        code: 'GEAR.GEAR_MODEL_UNKNOWN',
        retryable: false,
        errors: [{ gearModelId: foreign }, { gearModelId: anId(9) }],
      },
    });
  });
  test('ends when it is released, also when it never was', async () => {
    const { app } = setUp();
    const outcome = await app.steps[0]?.spec.undoDo?.(command({ runId }) as never, ada, op);
    expect(outcome).toMatchObject({ state: 'done', event: { name: 'GearModelsReleased' }, data: { runId } });
  });
});

test('counts follow what chains use, and decide "most used"', async () => {
  const { app, upload, search } = setUp();
  const [one, two] = [await upload(1), await upload(2)];
  const chainId = anId<'SignalChain'>(70);
  const message = <D>(data: D) => ({
    id: anId<'Message'>(1),
    type: 't',
    occurredAt: instantOf(0),
    tenantId: ada.tenantId,
    data,
  });
  const saved = (...gears: { models: { id: Id<'GearModel'> }[] }[]) => {
    const gearModelIds = gears.flatMap(({ models }) => models.map(({ id }) => id));
    const chain = { chainId, name: 'x', status: 'READY' as const, contentHash: 'a'.repeat(64), gearModelIds };
    return app.events.noteChainSaved(message(chain), { ...ada });
  };
  const mostUsed = async () => (await search({ sort: 'mostUsed' })).items.map(({ name, useCount }) => [name, useCount]);
  await saved(one);
  expect(await mostUsed()).toEqual([
    ['Cab 1', 1],
    ['Cab 2', 0],
  ]);
  await saved(two, two);
  expect(await mostUsed()).toEqual([
    ['Cab 2', 1],
    ['Cab 1', 0],
  ]);
  await app.events.noteChainDeleted(message({ chainId }), { ...ada });
  expect((await mostUsed()).map(([, count]) => count)).toEqual([0, 0]);
  await app.events.noteChainRestored(message({ chainId }), { ...ada });
  expect(await mostUsed()).toEqual([
    ['Cab 2', 1],
    ['Cab 1', 0],
  ]);
});

test('a file of the demo pack that cannot be used keeps no other out, and comes in once it can', async () => {
  let files = 0;
  const { app } = setUp(async () => {
    files += 1;
    if (files === 1) throw new Error('unreadable');
    return inspectFile('ir', ir(1));
  });
  expect(await app.chores.importDemoPack()).toMatchObject({
    added: 6,
    failed: [{ title: expect.any(String) as string }],
  });
  expect(await app.chores.importDemoPack()).toEqual({ added: 1, failed: [] });
});
