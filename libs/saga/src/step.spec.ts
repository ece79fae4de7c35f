import {
  CancelRun,
  FailRun,
  FinishRun,
  GearHeld,
  GearHoldRefused,
  GearPinned,
  given,
  HoldGear,
  PinGear,
  ReleaseGear,
  RenderRun,
  RunFinished,
  RunFinishRefused,
  RunRendered,
  RunRenderFailed,
  SagaModel,
  toySaga,
} from '@gts/testing';
import { CANCELLED, TIMED_OUT } from './errors';

const aRun = { runId: 'r' };
const started = () => given(toySaga).started(aRun);
const rendering = (story = started()) =>
  story.expectSent(HoldGear).reply(GearHeld, { runId: 'r', holdId: 'h' }).expectSent(RenderRun, { holdId: 'h' });
const finishing = (story = started()) => rendering(story).reply(RunRendered).expectSent(FinishRun);

test('goes forward step by step, with what earlier steps found out', () => {
  finishing(given(toySaga).started(aRun))
    .reply(RunFinished)
    .expectSent(PinGear)
    .reply(GearPinned)
    .expectEnd('completed')
    .expectData({ holdId: 'h' });
});

test('turns back at a final refusal: every armed undo, newest first, the start last', () => {
  rendering(given(toySaga).started(aRun))
    .fails(RunRenderFailed, { code: 'RENDER.SILENT' })
    .expectUndone(CancelRun, ReleaseGear, FailRun)
    .expectEnd('compensated', 'RENDER.SILENT');
});

test('tells undos why, with the data of the failure', () => {
  const { why } = started().fails(GearHoldRefused, { code: 'GEAR.WITHDRAWN' }).instance;
  expect(why).toEqual({
    code: 'GEAR.WITHDRAWN',
    step: 'hold gear',
    failed: { runId: 'run-1', code: 'GEAR.WITHDRAWN', retryable: false },
  });
});

test('waits and tries again when the refusal allows it, as often as declared', () => {
  given(toySaga)
    .started(aRun)
    .expectSent(HoldGear)
    .fails(GearHoldRefused, { retryable: true })
    .expectNothingSent()
    .waitsAndRetries()
    .expectSent(HoldGear)
    .fails(GearHoldRefused, { retryable: true })
    .expectUndone(ReleaseGear, FailRun)
    .expectEnd('compensated');
});

test('repeats at a time-out under a new epoch, then turns back', () => {
  given(toySaga)
    .started(aRun)
    .timesOut()
    .times(2)
    .expectUndone(ReleaseGear, FailRun)
    .expectEnd('compensated', TIMED_OUT);
});

test('takes only the answer to the pending command', () => {
  started().timesOut().repliesLate(GearHeld).expectData({ runId: 'r' }).reply(GearHeld).duplicate();
  const late = started().timesOut().repliesLate(GearHeld);
  expect(late.instance.pending).toMatchObject({ step: 'hold gear', epoch: 2 });
  expect(late.instance.timeline.at(-1)).toMatchObject({ what: 'stale reply', step: 'hold gear', epoch: 1 });
});

test('cancels before the pivot, and not after it', () => {
  rendering(given(toySaga).started(aRun))
    .cancel()
    .expectUndone(CancelRun, ReleaseGear, FailRun)
    .expectEnd('compensated', CANCELLED);
  finishing().cancel().expectNothingSent().reply(RunFinished).reply(GearPinned).expectEnd('completed');
});

test('once the pivot is sent, a time-out only repeats it, an explicit refusal still turns back', () => {
  finishing(given(toySaga).started(aRun))
    .timesOut()
    .times(4)
    .expectEnd('running')
    .reply(RunFinished)
    .reply(GearPinned)
    .expectEnd('completed');
  finishing().fails(RunFinishRefused).expectUndone(CancelRun, ReleaseGear, FailRun).expectEnd('compensated');
});

test('is stuck after a day without progress; an operator retries, skips or aborts', () => {
  finishing(given(toySaga).started(aRun))
    .after('25h')
    .expectEnd('stuck')
    .operator('retry')
    .expectEnd('running')
    .reply(RunFinished)
    .reply(GearPinned);
  const compensating = () => rendering().fails(RunRenderFailed).after('25h').expectEnd('stuck');
  compensating().operator('skip').expectUndone(ReleaseGear, FailRun).expectEnd('compensated');
  compensating().operator('retry').expectUndone(CancelRun, ReleaseGear, FailRun).expectEnd('compensated');
  const aborted = compensating().operator('abort').expectEnd('aborted').instance;
  expect(aborted.armed.map((each) => each.state)).toEqual(['armed', 'armed', 'armed']);
});

test('a stuck saga wakes up by itself when the answer comes after all', () => {
  rendering(given(toySaga).started(aRun))
    .fails(RunRenderFailed)
    .after('25h')
    .expectEnd('stuck')
    .expectUndone(CancelRun, ReleaseGear, FailRun);
});

test.each(['retry', 'skip', 'abort'] as const)("refuses an operator's %s where it does not fit", (verb) => {
  expect(() => started().operator(verb)).toThrow(expect.objectContaining({ code: 'SAGA.WRONG_STATE' }));
});

test('waits longer with every undo that is not answered, ten minutes at most', () => {
  const model = new SagaModel(toySaga);
  model.start({ runId: 'r' });
  model.input({ type: 'cancel' });
  const waits = Array.from({ length: 7 }, () => {
    const before = Date.parse(model.now);
    model.fireNext();
    return (Date.parse(model.now) - before) / 1000;
  });
  expect(waits).toEqual([30, 60, 120, 240, 480, 600, 600]);
});

test('keeps the story short: 200 lines', () => {
  const story = finishing();
  for (let i = 0; i < 250; i++) story.timesOut();
  expect(story.instance.timeline).toHaveLength(200);
});
