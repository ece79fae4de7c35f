import {
  ChainSnapshotRefused,
  ChainsSnapshotted,
  type DataOf,
  type EventDef,
  GearModelAvailable,
  GearModelUnavailable,
  GearWithdrawn,
  GetGearModel,
  JudgeChains,
  SignalChainStatusChanged,
  SignalChainUpdated,
  SnapshotChains,
  signalChains,
  WORKSPACE_LIMITS,
} from '@gts/contracts';
import { DomainError, type Id, SYSTEM_TENANT } from '@gts/kernel';
import type { RpcClient } from '@gts/messaging';
import { memoryStore } from '@gts/persistence';
import { aContext, anId, countingIds, manualClock, outboxDriver, strictReplies, wireEncoder } from '@gts/testing';
import { createHash } from 'node:crypto';
import { countDocuments } from './adapters/collections';
import { wire } from './composition';
import { createApplication } from './application';
import { subscriptions } from './entrypoints/subscriptions';

const ctx = aContext({ scopes: ['signal-chains.read', 'signal-chains.edit'] });
const stranger = aContext({ tenantId: anId<'Tenant'>(77) });
const rig = anId<'GearModel'>(1);
const amp = anId<'GearModel'>(2);
const cab = anId<'GearModel'>(3);
const unheard = anId<'GearModel'>(4);
const gearId = anId<'Gear'>(5);
const gear = (role: 'pedal' | 'amp' | 'full_rig' | 'ir', gearModelId: Id<'GearModel'>) => ({
  kind: 'gear' as const,
  role,
  gearModelId,
});
const notFound = new DomainError({ kind: 'not-found', code: 'GEAR.NOT_FOUND', message: 'no such model' });

type World = Awaited<ReturnType<typeof aWorld>>;
/** The service over memory adapters; the catalogue is played by the spec. */
async function aWorld() {
  const clock = manualClock();
  const store = memoryStore({ clock });
  const encoder = wireEncoder();
  const asked: unknown[] = [];
  const rpc: RpcClient = {
    call: (_, data) => {
      asked.push(data);
      const model = { ...GetGearModel.reply.parse(gearModel), id: unheard };
      return (data as { gearModelId: string }).gearModelId === unheard
        ? (Promise.resolve(model) as never)
        : Promise.reject(notFound);
    },
  };
  const digest = (text: string) => createHash('sha256').update(text).digest('hex');
  const whole = createApplication(wire({ store, encoder, rpc, newId: countingIds(), clock, digest }));
  const app = {
    ...whole,
    commands: strictReplies(signalChains, whole.commands),
    queries: strictReplies(signalChains, whole.queries),
  };
  const driver = outboxDriver({ store, subscriptions: () => subscriptions(app, { store, encoder }) });
  const send = async <D extends EventDef>(def: D, data: DataOf<D>, tenantId = SYSTEM_TENANT): Promise<void> => {
    driver.send(def, data, { ctx: { tenantId } });
    await driver.idle();
  };
  const arrives = (gearModelId: Id<'GearModel'>, gearType: 'amp' | 'full_rig' | 'ir') =>
    send(GearModelAvailable, {
      gearModelId,
      gearId,
      gearType,
      sha256: 'a'.repeat(64),
      ...(gearType === 'ir' && { irKind: 'cabinet' as const }),
    });
  await arrives(rig, 'full_rig');
  await arrives(amp, 'amp');
  await arrives(cab, 'ir');
  const aChain = async (name = 'Rig') => {
    const saved = await app.commands.createSignalChain({ name, blocks: [gear('full_rig', rig)], draft: false }, ctx);
    await driver.idle();
    return saved;
  };
  const statusOf = async (signalChainId: Id<'SignalChain'>) =>
    (await app.queries.getSignalChain({ signalChainId }, ctx)).status;
  return { app, driver, clock, store, asked, send, arrives, aChain, statusOf };
}
const gearModel = {
  id: unheard,
  version: 1,
  eventSeq: 1,
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
  name: 'Rig',
  size: 'lite',
  architecture: '1',
  status: 'AVAILABLE',
  rejection: null,
  sha256: null,
  bytes: null,
  analysis: null,
  useCount: 0,
  gearId,
  gearName: 'Rig',
  gearType: 'full_rig',
  irKind: null,
  format: 'nam',
  scope: 'PLATFORM',
  licence: {
    code: 'cco',
    raw: 'CC0',
  },
  availability: 'AVAILABLE',
};

const codesOf = (refused: Promise<unknown>) =>
  refused.then(
    () => [],
    ({ details }: DomainError) => details?.errors?.map(({ code, pointer }) => `${code} ${pointer}`),
  );

test('a valid chain is READY, its blocks have ids, its content a hash that ids do not change', async () => {
  const { app, aChain } = await aWorld();
  const first = await aChain();
  expect(first).toMatchObject({ status: 'READY', findings: [], version: 1, eventSeq: 1 });
  const copy = await app.commands.duplicateSignalChain({ signalChainId: first.id }, ctx);
  expect(copy).toMatchObject({ name: 'Rig (copy)', status: 'READY', contentHash: first.contentHash });
  expect(copy.blocks[0]?.id).not.toBe(first.blocks[0]?.id);
});

test('an invalid chain is refused with every finding, unless it is a draft', async () => {
  const { app } = await aWorld();
  const blocks = [gear('amp', cab), gear('full_rig', anId<'GearModel'>(99))];
  const expected = [
    'MULTIPLE_AMPS /blocks/1',
    'IR_REQUIRED /blocks/0',
    'GEAR_ROLE_MISMATCH /blocks/0/gearModelId',
    'GEAR_MODEL_UNKNOWN /blocks/1/gearModelId',
  ];
  expect(await codesOf(app.commands.createSignalChain({ name: 'No', blocks, draft: false }, ctx))).toEqual(expected);
  const draft = await app.commands.createSignalChain({ name: 'Later', blocks, draft: true }, ctx);
  expect(draft.status).toBe('DRAFT');
  expect(draft.findings.map(({ code, pointer }) => `${code} ${pointer}`)).toEqual(expected);
});

test('a model that has not arrived is asked for once, and gear of another workspace is unknown', async () => {
  const { app, asked, send } = await aWorld();
  const blocks = [gear('full_rig', unheard)];
  expect((await app.commands.createSignalChain({ name: 'New', blocks, draft: false }, ctx)).status).toBe('READY');
  expect(asked).toEqual([{ gearModelId: unheard }]);
  const own = anId<'GearModel'>(6);
  const available = { gearModelId: own, gearId, gearType: 'full_rig' as const, sha256: 'b'.repeat(64) };
  await send(GearModelAvailable, available, stranger.tenantId);
  const foreign = app.commands.createSignalChain({ name: 'X', blocks: [gear('full_rig', own)], draft: false }, ctx);
  expect(await codesOf(foreign)).toEqual(['GEAR_MODEL_UNKNOWN /blocks/0/gearModelId']);
});

test('chains break and mend as their models go and come, in every workspace, and tell it', async () => {
  const { driver, aChain, arrives, send, statusOf } = await aWorld();
  const { id } = await aChain();
  await send(GearModelUnavailable, { gearModelId: rig, gearId, code: 'gear-removed' });
  expect(await statusOf(id)).toBe('BROKEN');
  await arrives(rig, 'full_rig');
  expect(await statusOf(id)).toBe('READY');
  await send(GearWithdrawn, { gearId });
  expect(await statusOf(id)).toBe('BROKEN');
  const told = driver.ofType(SignalChainStatusChanged).map(({ data }) => (data as { to: string }).to);
  expect(told).toEqual(['BROKEN', 'READY', 'BROKEN']);
});

test('a model that very many chains use is judged in pages, each in a unit of its own', async () => {
  const { app, driver, send, aChain } = await aWorld();
  const CHAINS = 120;
  for (let n = 0; n < CHAINS; n += 1) await aChain(`Rig ${n}`);
  await send(GearModelUnavailable, { gearModelId: rig, gearId, code: 'gear-removed' });
  expect(driver.ofType(JudgeChains)).toHaveLength(3);
  expect(driver.ofType(SignalChainStatusChanged)).toHaveLength(CHAINS);
  expect((await app.queries.listSignalChains({ limit: 1, status: 'READY' }, ctx)).items).toEqual([]);
});

test.each([
  ['a new one', 3, ({ aChain }: World) => aChain()],
  [
    'a deletion',
    1,
    ({ app }: World, signalChainId: Id<'SignalChain'>) => app.commands.deleteSignalChain({ signalChainId }, ctx),
  ],
])('chains that are older than their count are counted at the next save: %s', async (_name, chains, save) => {
  const world = await aWorld();
  const { id } = await world.aChain();
  await world.aChain();
  await world.store.transaction(ctx, (unit) => unit.collection(countDocuments).purge('all'));
  await save(world, id);
  expect(await world.store.collection(countDocuments, ctx).get('all')).toMatchObject({ chains });
});

test('2,000 chains a workspace; a deleted one makes room, and comes back only into it', async () => {
  const { app, store, aChain } = await aWorld();
  const { id: signalChainId } = await aChain();
  const most = { chains: WORKSPACE_LIMITS.signalChains };
  await store.transaction(ctx, (unit) => unit.collection(countDocuments).put('all', most));
  await expect(aChain()).rejects.toMatchObject({ code: 'CHAIN.LIMIT_REACHED', kind: 'conflict' });
  const copy = app.commands.duplicateSignalChain({ signalChainId }, ctx);
  await expect(copy).rejects.toMatchObject({ code: 'CHAIN.LIMIT_REACHED' });
  await app.commands.deleteSignalChain({ signalChainId }, ctx);
  await aChain();
  const back = app.commands.restoreSignalChain({ signalChainId }, ctx);
  await expect(back).rejects.toMatchObject({ code: 'CHAIN.RESTORE_REFUSED' });
});

test('a chain saved while its model goes is judged once more', async () => {
  const { app, driver, send, statusOf } = await aWorld();
  const saved = app.commands.createSignalChain({ name: 'Race', blocks: [gear('full_rig', rig)], draft: false }, ctx);
  const gone = send(GearModelUnavailable, { gearModelId: rig, gearId, code: 'gear-removed' });
  const { id } = await saved;
  await gone;
  await driver.idle();
  expect(await statusOf(id)).toBe('BROKEN');
});

test('saving replaces the chain under its lock and keeps ids of blocks that stay', async () => {
  const { app, driver, aChain } = await aWorld();
  const { id: signalChainId, version, blocks } = await aChain();
  const [kept] = blocks;
  const drive = { kind: 'effect' as const, role: 'post_effect' as const, effect: 'gain', params: { gainDb: 3.14 } };
  const change = { name: 'Rig', blocks: [...(kept ? [kept] : []), drive], draft: false };
  const saved = await app.commands.updateSignalChain({ signalChainId, expectedVersion: version, ...change }, ctx);
  expect(saved.blocks).toMatchObject([{ id: kept?.id }, { effect: 'gain', params: { gainDb: 3.1 } }]);
  const stale = app.commands.updateSignalChain({ signalChainId, expectedVersion: version, ...change }, ctx);
  await expect(stale).rejects.toMatchObject({ code: 'STORE.VERSION_CONFLICT', details: { currentVersion: 2 } });
  expect(driver.ofType(SignalChainUpdated)).toHaveLength(1);
});

test('a deleted chain is gone, comes back equal, and not after 30 days', async () => {
  const { app, clock, driver, aChain } = await aWorld();
  const { id: signalChainId, contentHash } = await aChain();
  await app.commands.deleteSignalChain({ signalChainId, expectedVersion: '*' }, ctx);
  await expect(app.queries.getSignalChain({ signalChainId }, ctx)).rejects.toMatchObject({ code: 'STORE.NOT_FOUND' });
  expect(await app.commands.restoreSignalChain({ signalChainId }, ctx)).toMatchObject({ status: 'READY', contentHash });
  await app.commands.deleteSignalChain({ signalChainId, expectedVersion: '*' }, ctx);
  await driver.idle();
  clock.advance(30 * 86_400_000 + 1);
  const late = app.commands.restoreSignalChain({ signalChainId }, ctx);
  await expect(late).rejects.toMatchObject({ code: 'CHAIN.RESTORE_REFUSED' });
});

test('lists are of the own workspace, newest first, filtered by state, model and words', async () => {
  const { app, aChain } = await aWorld();
  const [one, two] = [await aChain('Fat rig'), await aChain('Thin rig')];
  const ids = async (filter: object, who = ctx) =>
    (await app.queries.listSignalChains({ limit: 25, ...filter }, who)).items.map(({ id }) => id);
  expect(await ids({})).toEqual([two.id, one.id]);
  expect(await ids({ q: 'FAT' })).toEqual([one.id]);
  expect(await ids({ gearModelId: rig })).toEqual([two.id, one.id]);
  expect(await ids({ gearModelId: amp })).toEqual([]);
  expect(await ids({ status: 'DRAFT' })).toEqual([]);
  expect(await ids({}, stranger)).toEqual([]);
  const page = await app.queries.listSignalChains({ limit: 1, q: 'rig' }, ctx);
  expect(await ids({ limit: 1, q: 'rig', cursor: page.next })).toEqual([one.id]);
  await expect(ids({ includeDeleted: true })).rejects.toMatchObject({ code: 'CHAIN.NOT_PERMITTED' });
});

test('validation tells findings and what may come next', async () => {
  const { app } = await aWorld();
  const { findings, guidance } = await app.queries.validateChain({ blocks: [gear('amp', amp)] }, ctx);
  expect(findings.map(({ code }) => code)).toEqual(['IR_REQUIRED']);
  expect(guidance).toEqual({ next: ['ir'], complete: false });
});

describe('the snapshot of a run', () => {
  const saga = { id: anId<'Saga'>(1), type: 'render-shootout', step: 'snapshot', epoch: 1 };
  const runId = anId<'Run'>(1);

  test('is a value that later edits do not change', async () => {
    const { app, driver, aChain } = await aWorld();
    const [one, two] = [await aChain('One'), await aChain('Two')];
    const command = { runId, chainIds: [two.id, one.id] };
    driver.send(SnapshotChains, command, { saga });
    await driver.idle();
    const change = { name: 'Renamed', blocks: one.blocks, draft: false };
    await app.commands.updateSignalChain({ signalChainId: one.id, ...change }, ctx);
    driver.send(SnapshotChains, command, { saga: { ...saga, epoch: 2 } });
    await driver.idle();
    const [first, again] = driver.ofType(ChainsSnapshotted).map(({ data }) => data as DataOf<typeof ChainsSnapshotted>);
    expect(first?.snapshots.map(({ name, chainVersion }) => [name, chainVersion])).toEqual([
      ['Two', 1],
      ['One', 1],
    ]);
    expect(again).toEqual(first);
  });

  test('is refused with every chain that is not ready or not there', async () => {
    const { driver, aChain, send } = await aWorld();
    const { id } = await aChain();
    await send(GearWithdrawn, { gearId });
    driver.send(SnapshotChains, { runId, chainIds: [id, anId<'SignalChain'>(99)] }, { saga });
    await driver.idle();
    expect(driver.ofType(ChainSnapshotRefused).map(({ data }) => data)).toEqual([
      {
        runId,
        code: 'CHAIN.NOT_READY',
        retryable: false,
        errors: [
          {
            chainId: id,
            code: 'CHAIN.NOT_READY',
          },
          {
            chainId: anId<'SignalChain'>(99),
            code: 'CHAIN.UNKNOWN',
          },
        ],
      },
    ]);
  });
});
