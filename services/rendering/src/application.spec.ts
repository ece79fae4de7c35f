import {
  CancelRenderJob,
  ChainRendered,
  ChainRenderRefused,
  EnrichRender,
  FinishRender,
  InspectDI,
  RenderJobCancelled,
  RenderChain,
  RenderJobCompleted,
  RenderJobEnriched,
  RenderJobFailed,
  RenderJobStarted,
  RenderShootoutJob,
} from '@gts/contracts';
import { audioRefusal } from '@gts/audio';
import { aContext, anId } from '@gts/testing';
import { asked, completed, failed, render, saga, tenant, startRendering } from '../../../tests/support/rendering-world';

test('a job is started, rendered, levelled and answered once, under the reference of its saga', async () => {
  const world = startRendering();
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
  const world = startRendering();
  const { tones } = await render(world);
  const [first] = world.reports;
  expect(first).toMatchObject({ stage: 'decode', done: 0, percent: 0 });
  for (const { toneId } of tones)
    expect(world.reports.map((each) => `${each.toneId} ${each.stage}`)).toContain(`${toneId} amp`);
  const stages = new Set(world.reports.map(({ stage }) => stage));
  expect([...stages]).toEqual(expect.arrayContaining(['decode', 'amp', 'level', 'encode']));
  const ofRun = world.reports.filter(({ stage }) => stage !== 'picture' && stage !== 'video');
  const percents = ofRun.map(({ percent }) => percent);
  expect(percents).toEqual(percents.toSorted((a, b) => a - b));
  expect(percents.at(-1)).toBe(100);
});
test('the same command twice is one job; the same work for another run computes nothing', async () => {
  const world = startRendering();
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
  const world = startRendering({
    amp: (attempt) => (attempt === 1 ? audioRefusal('engine.crash', 'gone') : undefined),
  });
  await render(world);
  expect(completed(world)).toHaveLength(1);
  expect(failed(world)).toEqual([]);
});
test('a fault that comes three times fails the job with its code and parks one message', async () => {
  const world = startRendering({
    amp: (_, capture) => (capture === 'amp a' ? audioRefusal('engine.timeout', 'hangs') : undefined),
  });
  await render(world);
  expect(failed(world)).toMatchObject([{ code: 'engine.timeout', retryable: true }]);
  expect(world.driver.parked).toHaveLength(1);
});
test('a refusal is not tried again; it names its tone and block', async () => {
  const world = startRendering({
    amp: (attempt) => (attempt === 1 ? audioRefusal('render.non_finite', 'NaN') : undefined),
  });
  await render(world);
  expect(world.driver.ofType(ChainRenderRefused)[0]?.data).toMatchObject({ code: 'render.non_finite', blockIndex: 0 });
  expect(failed(world)).toMatchObject([{ code: 'render.non_finite', retryable: false }]);
  expect(world.driver.parked).toEqual([]);
});
test.each(['render.silent', 'render.non_finite'] as const)('%s found while levelling names its tone', async (code) => {
  const world = startRendering({
    measured: (count) => (count === 2 ? audioRefusal(code, 'nothing to hear') : undefined),
  });
  await render(world);
  const errors = [{ code, toneId: anId<'ToneSelection'>(11), detail: 'nothing to hear' }];
  expect(failed(world)).toEqual([expect.objectContaining({ code, retryable: false, errors })]);
});
test('a file that is not at the common loudness is never published', async () => {
  const world = startRendering({ encoded: { integrated: -14.9 } });
  await render(world);
  expect(failed(world)).toMatchObject([{ code: 'encoder.failed', retryable: true }]);
});
test('a cancel that comes first leaves a tombstone: the job is refused when it comes', async () => {
  const world = startRendering();
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
    const world = startRendering({ [at]: () => cancels.pop()?.() });
    const job = await asked(world, 1);
    const { runId } = job;
    cancels.push(() => world.driver.send(CancelRenderJob, { runId }, { saga: saga(1, 2) }));
    world.driver.send(RenderShootoutJob, job, { saga: saga(1, 1) });
    await world.driver.idle();
    expect([world.driver.ofType(RenderJobCancelled).length, completed(world), failed(world)]).toEqual([1, [], []]);
  },
);
test('a completed job that is undone lets its files go and answers', async () => {
  const world = startRendering();
  const { runId } = await render(world);
  world.driver.send(CancelRenderJob, { runId }, { saga: saga(1, 2) });
  await world.driver.idle();
  expect(world.driver.ofType(RenderJobCancelled).map(({ data }) => data)).toEqual([{ runId }]);
  expect(await world.app.queries.getRenderJob({ runId }, aContext())).toMatchObject({
    status: 'cancelled',
    queuePosition: null,
  });
});
test.each([
  ['playing', 'renderChain', RenderChain],
  ['measured', 'finishRender', FinishRender],
  ['montage', 'enrichRender', EnrichRender],
] as const)('while %s works another replica takes it over: its result is dropped, not its message', async (...of) => {
  const [at, name, def] = of;
  const claims: Promise<unknown>[] = [];
  const take = async () => {
    const messages = world.driver.ofType(def);
    const message = messages.find(({ data }) => at !== 'montage' || /montage/.test(JSON.stringify(data)));
    if (claims.length === 0) claims.push(world.app.work[name].claim(message as never, aContext(), 'other'));
    await claims[0];
    return undefined;
  };
  const world = startRendering({ [at]: take });
  await render(world);
  expect([completed(world).length, failed(world), world.driver.parked]).toEqual([1, [], []]);
  expect([world.driver.ofType(ChainRendered).length, world.driver.ofType(RenderJobEnriched).length]).toEqual([2, 3]);
  expect(await Promise.all(claims)).toMatchObject([{ attempt: 2 }]);
});
test("an operator's cancel while it renders ends the job once, with the code cancelled, and is written down", async () => {
  const operator = aContext({ ...tenant(9), commandId: 'c' });
  const order = { runId: anId<'Run'>(1), reason: 'it hangs' };
  const cancel = () => world.app.operating.cancelByOperator(order, operator);
  const seen: unknown[] = [];
  const show = () => world.app.operating.showRenderJob(order, operator);
  const playing = async () => void (seen.length === 0 && seen.push(await show(), await cancel()));
  const world = startRendering({ playing });
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
  const world = startRendering();
  const wanted = await Promise.all([1, 2, 3].map((run) => asked(world, run)));
  for (const [i, job] of wanted.entries())
    world.driver.send(RenderShootoutJob, job, { saga: saga(i + 1), ctx: tenant(7) });
  await world.driver.idle();
  expect(completed(world)).toHaveLength(3);
  expect(await world.app.queries.listRenderJobs({ limit: 25 }, aContext())).toEqual({ items: [], next: null });
});
test('another workspace sees nothing', async () => {
  const world = startRendering();
  const { runId } = await render(world);
  await expect(world.app.queries.getRenderJob({ runId }, aContext(tenant(9)))).rejects.toMatchObject({
    code: 'RENDERING.UNKNOWN_RUN',
  });
});
test('a refused recording is an answer', async () => {
  const world = startRendering();
  const whole = await world.files.put(Buffer.from('RIFF'), 'audio/wav');
  world.driver.send(InspectDI, { diTrackId: anId<'DITrack'>(1), whole });
  await world.driver.idle();
  expect(world.driver.sent.at(-1)).toMatchObject({ type: 'rendering.DIRejected', data: { code: 'wav.silent' } });
});
