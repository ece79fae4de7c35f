import {
  GearHeld,
  GearHoldRefused,
  GearReleased,
  HoldGear,
  ReleaseGear,
  RenderRun,
  RunFinished,
  RunRequested,
  toySaga,
} from '@gts/testing';
import { eventsOf, saga } from './definition';
import { mermaid } from './mermaid';

const open = () =>
  saga('typed', { version: 1, start: RunRequested, key: (e) => e.runId, init: (e) => ({ runId: e.runId }) });
const hold = { send: HoldGear, data: (d: { runId: string }) => ({ runId: d.runId }), done: GearHeld } as const;

/** Never called: the compiler is the test, and an expected error that does not come is one itself. */
function mustNotCompile() {
  // @ts-expect-error the payload is another command's
  open().step('hold', { ...hold, data: () => ({ wrong: 1 }), timeout: '1s' });
  // @ts-expect-error an event is no command
  open().step('hold', { ...hold, send: GearHeld, timeout: '1s' });
  // @ts-expect-error a command is no event
  open().step('hold', { ...hold, done: HoldGear, timeout: '1s' });
  const early = { send: RenderRun, done: RunFinished, timeout: '1s' } as const;
  const usesHold = (d: { runId: string; holdId: string }) => ({ runId: d.runId, holdId: d.holdId });
  // @ts-expect-error the hold is not there before its step is done
  open().step('render', { ...early, data: usesHold });
  // @ts-expect-error a failure says code and retryable
  open().step('hold', { ...hold, failed: GearReleased, timeout: '1s' });
  // @ts-expect-error a step has a time-out
  open().step('hold', { ...hold });
  // @ts-expect-error onDone adds, it does not take away
  open().step('hold', { ...hold, onDone: () => ({ other: 1 }), timeout: '1s' });
  const undo = { send: ReleaseGear, data: (d: { runId: string }) => ({ runId: d.runId }), done: GearReleased } as const;
  // @ts-expect-error a pivot has no undo
  open().step('hold', { ...hold, pivot: true, undo, timeout: '1s' });
  const past = open().step('hold', { ...hold, failed: GearHoldRefused, pivot: true, timeout: '1s' });
  // @ts-expect-error nothing after the pivot is undone
  past.step('again', { ...hold, undo, timeout: '1s' });
  // @ts-expect-error there is one pivot
  past.step('again', { ...hold, pivot: true, timeout: '1s' });
  const key = (event: { nothing: string }) => event.nothing;
  // @ts-expect-error the key reads the start event
  saga('typed', { version: 1, start: RunRequested, key, init: () => ({}) });
}

test('wrong definitions do not compile', () => {
  expect(mustNotCompile).toBeInstanceOf(Function);
});

test('data accumulates over the steps', () => {
  const typed = open()
    .step('hold', { ...hold, onDone: (d, e) => ({ ...d, holdId: e.holdId }), timeout: '1s' })
    .step('render', {
      send: RenderRun,
      data: (d) => ({ runId: d.runId, holdId: d.holdId }),
      done: RunFinished,
      timeout: '1s',
    });
  expect(typed.steps.map((each) => each.name)).toEqual(['hold', 'render']);
});

test('a step name stands once, and "start" is the start', () => {
  const twice = () =>
    open()
      .step('hold', { ...hold, timeout: '1s' })
      .step('hold', { ...hold, timeout: '1s' });
  expect(twice).toThrow(/taken/);
  expect(() => open().step('start', { ...hold, timeout: '1s' })).toThrow(/taken/);
});

test('a host listens to the start, the cancel and every answer, each once', () => {
  expect(eventsOf(toySaga).map((each) => each.name)).toEqual([
    'RunRequested',
    'RunCancelRequested',
    'GearHeld',
    'GearHoldRefused',
    'GearReleased',
    'RunRendered',
    'RunRenderFailed',
    'RunRenderCancelled',
    'RunFinished',
    'RunFinishRefused',
    'GearPinned',
    'RunFailed',
  ]);
});

test('prints as a Mermaid state diagram', () => {
  const text = mermaid(toySaga);
  expect(text).toContain('stateDiagram-v2\n  [*] --> hold_gear: RunRequested');
  expect(text).toContain('  finish: finish (FinishRun, pivot; 20 s, for ever)');
  expect(text).toContain('  render --> undo_render: timed out');
  expect(text).toContain('  undo_start --> compensated: RunFailed');
  expect(text).not.toContain('finish --> undo_render: timed out');
  expect(text).not.toMatch(/pin_gear --> undo/);
});
