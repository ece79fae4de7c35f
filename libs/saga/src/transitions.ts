import type { SagaRef } from '@gts/kernel';
import { type AnySaga, START, type StepDef, stepNamed, undoOf, type Why } from './definition';
import type { Input, SagaCommand, SagaInstance } from './instance';
import { after, backoffMs, jitterOf } from './schedule';

/** An instance on its way through one input, with the commands issued so far. */
export type Draft = Readonly<{ instance: SagaInstance; outbox: readonly SagaCommand[] }>;
export type Moment = Pick<Input, 'now' | 'newId'>;
type Issue = Readonly<{ step: string; undo: boolean; attempt: number }>;

const TIMELINE_LENGTH = 200;

/** Appends one line to the story that operators read. */
export const noted = (
  instance: SagaInstance,
  { now }: Moment,
  line: { what: string; step?: string; epoch?: number },
) => ({
  ...instance,
  timeline: [...instance.timeline, { at: now, ...line }].slice(-TIMELINE_LENGTH),
});

const armedWith = (instance: SagaInstance, step: string): SagaInstance =>
  instance.armed.some((each) => each.step === step)
    ? instance
    : { ...instance, armed: [...instance.armed, { step, state: 'armed' }] };

/** Puts the undo of a step on the stack, if it has one. */
export const arm = (definition: AnySaga, instance: SagaInstance, step: string): SagaInstance =>
  undoOf(definition, step) ? armedWith(instance, step) : instance;

function commandOf(definition: AnySaga, instance: SagaInstance, { step, undo }: Issue) {
  const why: Why = instance.why ?? { code: '', step };
  const forward = stepNamed(definition, step);
  const back = undoOf(definition, step);
  if (undo && back) return { message: back.send, data: back.data(instance.data, why) };
  if (!undo && forward) return { message: forward.send, data: forward.data(instance.data) };
  throw new Error(`saga ${definition.type} has no step '${step}'`);
}

function timeoutOf(definition: AnySaga, { step, undo, attempt }: Issue): number {
  if (undo) return backoffMs(undoOf(definition, step)?.timeoutMs ?? 0, attempt);
  return stepNamed(definition, step)?.timeoutMs ?? 0;
}

/** Sends the command of a step or of its undo under a new epoch; the undo is armed in the same unit. */
export function issue(definition: AnySaga, draft: Draft, at: Moment & { what: Issue }): Draft {
  const { what, now } = at;
  const epoch = draft.instance.epoch + 1;
  const id = at.newId();
  const early = !what.undo && !definition.without.includes('undo armed before send');
  const armed = early ? arm(definition, draft.instance, what.step) : draft.instance;
  const saga: SagaRef = { id: armed.id, type: definition.type, step: what.step, epoch };
  const dueAt = after(now, timeoutOf(definition, what));
  const instance: SagaInstance = {
    ...armed,
    epoch,
    pivotSent: armed.pivotSent || (!what.undo && stepNamed(definition, what.step)?.pivot === true),
    pending: { ...what, epoch, messageId: id, since: now, dueAt },
    waitingRetry: undefined,
  };
  return {
    instance: noted(instance, at, { what: what.undo ? 'undo sent' : 'sent', step: what.step, epoch }),
    outbox: [...draft.outbox, { id, saga, ...commandOf(definition, armed, what) }],
  };
}

const ended = (draft: Draft, at: Moment, state: 'completed' | 'compensated'): Draft => ({
  ...draft,
  instance: noted({ ...draft.instance, state, pending: undefined, waitingRetry: undefined }, at, { what: state }),
});

/** The step after `step`, or the end. */
export function proceed(definition: AnySaga, draft: Draft, at: Moment & { from: string }): Draft {
  const index = at.from === START ? 0 : definition.steps.findIndex((each) => each.name === at.from) + 1;
  const next = definition.steps[index];
  if (!next) return ended(draft, at, 'completed');
  return issue(definition, draft, { ...at, what: { step: next.name, undo: false, attempt: 1 } });
}

/** The newest undo that is still armed, or the end. */
export function undoNext(definition: AnySaga, draft: Draft, at: Moment): Draft {
  const next = draft.instance.armed.findLast((each) => each.state === 'armed');
  if (!next) return ended(draft, at, 'compensated');
  return issue(definition, draft, { ...at, what: { step: next.step, undo: true, attempt: 1 } });
}

/** Turns back: from here on only undos are sent. */
export function compensate(definition: AnySaga, draft: Draft, at: Moment & { why: Why }): Draft {
  const turned: SagaInstance = {
    ...draft.instance,
    state: 'compensating',
    stuckIn: undefined,
    why: at.why,
    pending: undefined,
    waitingRetry: undefined,
    progressAt: at.now,
  };
  const { code: what, step } = at.why;
  return undoNext(definition, { ...draft, instance: noted(turned, at, { what, step }) }, at);
}

/** Waits before the step is tried again. */
export function waitForRetry(draft: Draft, at: Moment & { step: StepDef; leastMs: number }): Draft {
  const { pending, ...rest } = draft.instance;
  if (!pending) return draft;
  const waitMs = backoffMs(at.step.backoffMs, pending.attempt) * jitterOf(pending.messageId);
  const dueAt = after(at.now, Math.max(waitMs, at.leastMs));
  const waitingRetry = { step: at.step.name, undo: false, attempt: pending.attempt + 1, dueAt };
  return { ...draft, instance: { ...rest, pending: undefined, waitingRetry } };
}
