import {
  CancelRenderJob,
  ChainRenderRefused,
  type DataOf,
  InspectDI,
  RenderJobCancelled,
  RenderJobCompleted,
  RenderJobFailed,
  RenderJobStarted,
  type RenderProgress,
  RenderShootoutJob,
} from '@gts/contracts';
import { artefactShelf, memoryArtefacts } from '@gts/artefacts';
import { audioRefusal, pcmBytes, SAMPLE_RATE } from '@gts/audio';
import type { Context, TenantId } from '@gts/kernel';
import { memoryStore, repositories } from '@gts/persistence';
import { completeOp, type Publish } from '@gts/saga';
import { aContext, anId, countingIds, manualClock, outboxDriver, wireEncoder } from '@gts/testing';
import { artefactFiles } from './adapters/artefact-files';
import { chainRenders, inspectionRows, renderJobs } from './adapters/collections';
import { memoryCache } from './adapters/memory-cache';
import { memorySound, pcmWithHash } from './adapters/memory-sound';
import { runningWork } from './adapters/running-work';
import { storeQueue, storeUnits } from './adapters/store-queue';
import { inspectionEvents, toIntegrationEvents } from './adapters/to-integration-events';
import { createApplication } from './application';
import type { Encoder } from './application/ports';
import { ProgressBoard } from './application/progress-board';
import { answer } from './domain/render-job';
import { subscriptions } from './entrypoints/subscriptions';

/** As much of the format as padding looks at; the frames, at the end, are the PCM itself. */
const HEAD = Buffer.concat([Buffer.from('fLaC'), Uint8Array.of(0x80, 0, 0, 34), new Uint8Array(34)]);
const measures = { integrated: -20, truePeak: -6, samplePeak: -6.1 };

type Faults = {
  /** Held while a capture plays. */
  playing?: () => Promise<void>;
  amp?: (attempt: number, capture: string) => Error | undefined;
  measured?: (count: number) => Error | undefined;
  encoded?: { integrated: number };
};

type Report = DataOf<typeof RenderProgress>;
function start(faults: Faults = {}) {
  const clock = manualClock();
  const store = memoryStore({ clock });
  const encoder = wireEncoder();
  const files = artefactFiles(memoryArtefacts({ context: 'rendering', clock, shelf: artefactShelf() }));
  const common = { store, encoder };
  const jobs = repositories({
    ...common,
    collection: renderJobs,
    aggregate: 'RenderJob',
    translate: toIntegrationEvents,
  });
  const publish: Publish = async ({ event, data }, ctx) =>
    jobs(ctx).update((data as { runId: string }).runId, answer(event, data));
  const cache = memoryCache();
  let [attempts, measured] = [0, 0];
  const flac: Encoder = {
    id: 'fake',
    encode: async (frames) => Buffer.concat([HEAD, frames]),
    decode: async (bytes) => bytes.subarray(-2 * SAMPLE_RATE),
  };
  const reports: Report[] = [];
  const gate = { draining: false, check: () => undefined };
  const running = runningWork();
  const audited: unknown[] = [];
  const app = createApplication({
    jobs,
    chains: repositories({ ...common, collection: chainRenders, aggregate: 'ChainRender', translate: () => [] }),
    inspections: repositories({
      ...common,
      collection: inspectionRows,
      aggregate: 'Inspection',
      translate: inspectionEvents,
    }),
    queue: storeQueue(store),
    units: storeUnits(store),
    audit: async (_ctx, done) => void audited.push(done),
    completeOp: (ctx, op, outcome) => completeOp(common, publish)(ctx, op as never, outcome),
    running,
    admission: gate,
    board: new ProgressBoard({ progress: { report: (_def, _key, data) => void reports.push(data as Report) }, clock }),
    amp: {
      id: 'amp',
      choose: async () => ({ engine: 'amp', tanh: 'exact', divisible: true }),
      render: async ({ file }, x) => {
        await faults.playing?.();
        const fault = faults.amp?.(++attempts, String(file));
        if (fault) throw fault;
        return pcmWithHash(x.map((v) => v * 2));
      },
    },
    sound: memorySound,
    meter: {
      measure: async () => {
        const fault = faults.measured?.(++measured);
        if (fault) throw fault;
        return measures;
      },
      verify: async (s16) => ({
        ...measures,
        integrated: -15,
        truePeak: -1,
        ...faults.encoded,
        frames: s16.length / 2,
      }),
    },
    encoder: flac,
    decoder: { inspect: async () => Promise.reject(audioRefusal('wav.silent', 'the chosen channel is silent')) },
    files,
    cache,
    engine: { amp: 'amp', audio: 'sound', encoder: 'fake' },
    limits: { perTenant: 2, total: 4 },
    width: 2,
    dataSaver: false,
    inspectionTimeoutMs: 1000,
    newId: countingIds(),
    now: () => clock.now(),
  });
  const driver = outboxDriver({
    store,
    subscriptions: () => subscriptions(app, { saga: common, publish, workers: 2 }),
  });
  return { app, driver, files, cache, reports, audited };
}
type World = ReturnType<typeof start>;
type Asked = DataOf<typeof RenderShootoutJob>;

async function asked(world: World, run: number): Promise<Asked> {
  const samples = Float32Array.from({ length: SAMPLE_RATE }, (_, i) => Math.sin(i / 10));
  const audio = await world.files.put(pcmBytes(samples), 'audio/x-f32le');
  const amps = [await world.files.put(Buffer.from('amp a'), 'x'), await world.files.put(Buffer.from('amp b'), 'x')];
  return {
    runId: anId<'Run'>(run),
    shootoutId: anId<'Shootout'>(1),
    renderVersion: 1,
    mode: 'render',
    di: { audio, frames: samples.length },
    inputGainDb: 0,
    tones: amps.map((file, i) => ({
      toneId: anId<'ToneSelection'>(10 + i),
      label: `tone ${i}`,
      blocks: [{ kind: 'capture', role: 'full_rig', file }],
    })),
  };
}
const saga = (n: number, epoch = 1) => ({ id: anId<'Saga'>(n), type: 'render-shootout', step: 'render', epoch });
const tenant = (n: number): Partial<Context> => ({ tenantId: anId<'Tenant'>(n) as TenantId });
const completed = ({ driver }: World) =>
  driver.ofType(RenderJobCompleted).map(({ data }) => data as DataOf<typeof RenderJobCompleted>);
const failed = ({ driver }: World) =>
  driver.ofType(RenderJobFailed).map(({ data }) => data as DataOf<typeof RenderJobFailed>);

async function render(world: World, run = 1): Promise<Asked> {
  const job = await asked(world, run);
  world.driver.send(RenderShootoutJob, job, { saga: saga(run) });
  await world.driver.idle();
  return job;
}

test('a job is started, rendered, levelled and answered once, under the reference of its saga', async () => {
  const world = start();
  await render(world);
  expect(world.driver.ofType(RenderJobStarted)).toHaveLength(1);
  expect(completed(world)).toMatchObject([
    { rendered: 2, reused: 0, levelling: { targetLufs: -15 }, warnings: [{ code: 'di.hot' }] },
  ]);
  expect(world.driver.ofType(RenderJobCompleted)[0]?.saga).toMatchObject({ step: 'render', epoch: 1 });
  const numbers = world.driver.sent.flatMap(({ number }) => (number === undefined ? [] : [number]));
  expect(numbers).toEqual(numbers.map((_, i) => i + 1));
});
test('progress is told at the start, for every tone and stage, and never falls', async () => {
  const world = start();
  const { tones } = await render(world);
  const [first] = world.reports;
  expect(first).toMatchObject({ stage: 'decode', done: 0, percent: 0 });
  for (const { toneId } of tones)
    expect(world.reports.map((each) => `${each.toneId} ${each.stage}`)).toContain(`${toneId} amp`);
  const stages = new Set(world.reports.map(({ stage }) => stage));
  expect([...stages]).toEqual(expect.arrayContaining(['decode', 'amp', 'level', 'encode']));
  const percents = world.reports.map(({ percent }) => percent);
  expect(percents).toEqual(percents.toSorted((a, b) => a - b));
  expect(percents.at(-1)).toBe(100);
});
test('the same command twice is one job; the same work for another run computes nothing', async () => {
  const world = start();
  const job = await render(world);
  const before = world.cache.kept();
  world.driver.send(RenderShootoutJob, job, { saga: saga(1, 2) });
  await world.driver.idle();
  expect(world.driver.ofType(RenderJobStarted)).toHaveLength(1);
  await render(world, 2);
  expect(world.cache.kept()).toBe(before);
  expect(completed(world).at(-1)).toMatchObject({ rendered: 0, reused: 2 });
});
test('a fault is tried again and forgotten', async () => {
  const world = start({ amp: (attempt) => (attempt === 1 ? audioRefusal('engine.crash', 'gone') : undefined) });
  await render(world);
  expect(completed(world)).toHaveLength(1);
  expect(failed(world)).toEqual([]);
});
test('a fault that comes three times fails the job with its code and parks one message', async () => {
  const world = start({
    amp: (_, capture) => (capture === 'amp a' ? audioRefusal('engine.timeout', 'hangs') : undefined),
  });
  await render(world);
  expect(failed(world)).toMatchObject([{ code: 'engine.timeout', retryable: true }]);
  expect(world.driver.parked).toHaveLength(1);
});
test('a refusal is not tried again; it names its tone and block', async () => {
  const world = start({ amp: (attempt) => (attempt === 1 ? audioRefusal('render.non_finite', 'NaN') : undefined) });
  await render(world);
  expect(world.driver.ofType(ChainRenderRefused)[0]?.data).toMatchObject({ code: 'render.non_finite', blockIndex: 0 });
  expect(failed(world)).toMatchObject([{ code: 'render.non_finite', retryable: false }]);
  expect(world.driver.parked).toEqual([]);
});
test.each(['render.silent', 'render.non_finite'] as const)('%s found while levelling names its tone', async (code) => {
  const world = start({ measured: (count) => (count === 2 ? audioRefusal(code, 'nothing to hear') : undefined) });
  await render(world);
  const errors = [{ code, toneId: anId<'ToneSelection'>(11), detail: 'nothing to hear' }];
  expect(failed(world)).toEqual([expect.objectContaining({ code, retryable: false, errors })]);
});
test('a file that is not at the common loudness is never published', async () => {
  const world = start({ encoded: { integrated: -14.9 } });
  await render(world);
  expect(failed(world)).toMatchObject([{ code: 'encoder.failed', retryable: true }]);
});
test('a cancel that comes first leaves a tombstone: the job is refused when it comes', async () => {
  const world = start();
  const job = await asked(world, 1);
  world.driver.send(CancelRenderJob, { runId: job.runId }, { saga: saga(1, 2) });
  await world.driver.idle();
  world.driver.send(RenderShootoutJob, job, { saga: saga(1, 3) });
  await world.driver.idle();
  expect(world.driver.ofType(RenderJobCancelled)).toHaveLength(1);
  expect(world.driver.ofType(RenderJobStarted)).toEqual([]);
  expect(failed(world)).toMatchObject([{ retryable: false }]);
});
test.each(['amp', 'measured'] as const)(
  'a cancel while %s works is answered; its late result is dropped',
  async (at) => {
    const cancels: (() => void)[] = [];
    const world = start({ [at]: () => cancels.pop()?.() });
    const job = await asked(world, 1);
    const { runId } = job;
    cancels.push(() => world.driver.send(CancelRenderJob, { runId }, { saga: saga(1, 2) }));
    world.driver.send(RenderShootoutJob, job, { saga: saga(1, 1) });
    await world.driver.idle();
    expect([world.driver.ofType(RenderJobCancelled).length, completed(world), failed(world)]).toEqual([1, [], []]);
  },
);
test('a completed job that is undone lets its files go and answers', async () => {
  const world = start();
  const { runId } = await render(world);
  world.driver.send(CancelRenderJob, { runId }, { saga: saga(1, 2) });
  await world.driver.idle();
  expect(world.driver.ofType(RenderJobCancelled).map(({ data }) => data)).toEqual([{ runId }]);
  expect(await world.app.queries.getRenderJob({ runId }, aContext())).toMatchObject({
    status: 'cancelled',
    queuePosition: null,
  });
});
test("an operator's cancel while it renders ends the job once, with the code cancelled, and is written down", async () => {
  const operator = aContext({ ...tenant(9), commandId: 'c' });
  const order = { runId: anId<'Run'>(1), reason: 'it hangs' };
  const cancel = () => world.app.operating.cancelByOperator(order, operator);
  const seen: unknown[] = [];
  const show = () => world.app.operating.showRenderJob(order, operator);
  const playing = async () => void (seen.length === 0 && seen.push(await show(), await cancel()));
  const world = start({ playing });
  await render(world);
  expect(seen).toMatchObject([{ status: 'rendering' }, { runId: order.runId, status: 'failed', tones: 2 }]);
  expect(failed(world)).toEqual([expect.objectContaining({ code: 'cancelled', retryable: false })]);
  expect(world.driver.ofType(RenderJobFailed)[0]?.saga).toMatchObject({ step: 'render', epoch: 1 });
  expect([completed(world), world.driver.parked]).toEqual([[], []]);
  expect(world.audited).toEqual([{ verb: 'CancelRenderByOperator', reason: 'it hangs', keys: [order.runId] }]);
  const job = await world.app.queries.getRenderJob({ runId: order.runId }, aContext());
  expect(job.tones.map(({ stage }) => stage)).toEqual(['failed', 'failed']);
  const again = world.app.operating.cancelByOperator(order, { ...operator, commandId: 'd' });
  await expect(again).rejects.toMatchObject({ code: 'RENDERING.NOT_RUNNING' });
});
test('two runs of a workspace go at once, the third waits its turn and says so', async () => {
  const world = start();
  const wanted = await Promise.all([1, 2, 3].map((run) => asked(world, run)));
  for (const [i, job] of wanted.entries())
    world.driver.send(RenderShootoutJob, job, { saga: saga(i + 1), ctx: tenant(7) });
  await world.driver.idle();
  expect(completed(world)).toHaveLength(3);
  expect(await world.app.queries.listRenderJobs({ limit: 25 }, aContext())).toEqual({ items: [], next: null });
});
test('another workspace sees nothing', async () => {
  const world = start();
  const { runId } = await render(world);
  await expect(world.app.queries.getRenderJob({ runId }, aContext(tenant(9)))).rejects.toMatchObject({
    code: 'RENDERING.UNKNOWN_RUN',
  });
});
test('a refused recording is an answer', async () => {
  const world = start();
  const whole = await world.files.put(Buffer.from('RIFF'), 'audio/wav');
  world.driver.send(InspectDI, { diTrackId: anId<'DITrack'>(1), whole });
  await world.driver.idle();
  expect(world.driver.sent.at(-1)).toMatchObject({ type: 'rendering.DIRejected', data: { code: 'wav.silent' } });
});
