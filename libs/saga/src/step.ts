import { assertNever } from '@gts/kernel';
import { type AnySaga, type Failure, START, stepNamed, undoOf } from './definition';
import { CANCELLED, sagaErrors, TIMED_OUT } from './errors';
import { type Input, type InputOf, isEnded, type Pending, type SagaInstance, type StepResult } from './instance';
import { operate } from './operate';
import { timerChanges, timersOf } from './schedule';
import { arm, compensate, type Draft, issue, noted, proceed, undoNext, waitForRetry } from './transitions';

type Judged = Draft & Pick<StepResult, 'ignored'>;
const draftOf = (instance: SagaInstance): Draft => ({ instance, outbox: [] });

/**
 * One input, one decision: what the saga becomes, which commands leave, which timers are set and cleared.
 * Pure: the host writes all of it in one unit.
 * @throws SAGA.NOT_FOUND without an instance, SAGA.WRONG_STATE for an operator verb that does not fit
 */
export function step(definition: AnySaga, instance: SagaInstance | undefined, input: Input): StepResult {
  const { ignored, ...judged } = judge(definition, instance, input);
  const before = instance ? timersOf(definition, instance) : [];
  const next = { ...judged.instance, version: (instance?.version ?? 0) + 1 };
  const timers = timerChanges(before, timersOf(definition, next));
  return { instance: next, outbox: judged.outbox, timers, ...(ignored && { ignored }) };
}

function judge(definition: AnySaga, instance: SagaInstance | undefined, input: Input): Judged {
  if (input.type === 'start') return begin(definition, input);
  if (!instance) throw sagaErrors.NOT_FOUND('?');
  switch (input.type) {
    case 'reply':
      return reply(definition, instance, input);
    case 'timer':
      return fire(definition, instance, input);
    case 'cancel':
      return cancel(definition, instance, input);
    case 'operator':
      return operate(definition, instance, input);
    default:
      return assertNever(input);
  }
}

function begin(definition: AnySaga, input: InputOf<'start'>): Draft {
  const { id, tenantId, data, now } = input;
  const event = data as never;
  const instance: SagaInstance = {
    id,
    type: definition.type,
    definitionVersion: definition.version,
    tenantId,
    key: definition.key(event),
    data: definition.init(event),
    state: 'running',
    version: 0,
    epoch: 0,
    pivotSent: false,
    pivotDone: false,
    armed: [],
    timeline: [],
    progressAt: now,
  };
  const started = noted(arm(definition, instance, START), input, { what: 'started' });
  return proceed(definition, draftOf(started), { ...input, from: START });
}

/** Whether a reply answers the command that is pending, and not an older one. */
function answers(definition: AnySaga, instance: SagaInstance, { saga }: InputOf<'reply'>): boolean {
  const { pending } = instance;
  if (isEnded(instance) || pending?.step !== saga.step) return false;
  return pending.epoch === saga.epoch || definition.without.includes('epoch check');
}

type Meaning = 'undone' | 'done' | 'failed' | 'nothing';

function meaningOf(definition: AnySaga, { pending }: SagaInstance, { saga, outcome }: InputOf<'reply'>): Meaning {
  if (pending?.undo) return outcome.event === undoOf(definition, saga.step)?.done.type ? 'undone' : 'nothing';
  const forward = stepNamed(definition, saga.step);
  if (outcome.event === forward?.done.type) return 'done';
  return outcome.event === forward?.failed?.type ? 'failed' : 'nothing';
}

function reply(definition: AnySaga, instance: SagaInstance, input: InputOf<'reply'>): Judged {
  const { step: name, epoch } = input.saga;
  const stale = () => draftOf(noted(instance, input, { what: 'stale reply', step: name, epoch }));
  const { pending } = instance;
  const meaning = answers(definition, instance, input) ? meaningOf(definition, instance, input) : 'nothing';
  if (!pending || meaning === 'nothing') return { ...stale(), ignored: 'stale reply' };
  const awake: SagaInstance = { ...instance, state: instance.stuckIn ?? instance.state, stuckIn: undefined };
  if (meaning === 'undone') return undone(definition, awake, { ...input, pending });
  return meaning === 'done' ? succeeded(definition, awake, input) : refused(definition, awake, { ...input, pending });
}

function undone(definition: AnySaga, instance: SagaInstance, at: InputOf<'reply'> & { pending: Pending }): Draft {
  const { step: name } = at.pending;
  const armed = instance.armed.map((each) => (each.step === name ? { ...each, state: 'undone' as const } : each));
  const rest: SagaInstance = { ...instance, armed, pending: undefined, progressAt: at.now };
  return undoNext(definition, draftOf(noted(rest, at, { what: 'undone', step: name, epoch: at.saga.epoch })), at);
}

function succeeded(definition: AnySaga, instance: SagaInstance, input: InputOf<'reply'>): Draft {
  const { step: from, epoch } = input.saga;
  const forward = stepNamed(definition, from);
  const done: SagaInstance = {
    ...arm(definition, instance, from),
    data: forward?.onDone(instance.data, input.outcome.data),
    pivotDone: instance.pivotDone || forward?.pivot === true,
    pending: undefined,
    progressAt: input.now,
  };
  return proceed(definition, draftOf(noted(done, input, { what: 'done', step: from, epoch })), { ...input, from });
}

function refused(definition: AnySaga, instance: SagaInstance, at: InputOf<'reply'> & { pending: Pending }): Draft {
  const { code, retryable, retryAfterMs = 0 } = at.outcome.data as Failure;
  const { step: name, attempt, epoch } = at.pending;
  const forward = stepNamed(definition, name);
  const draft = draftOf(noted(instance, at, { what: `failed: ${code}`, step: name, epoch }));
  const again = instance.pivotDone || (retryable && attempt < (forward?.attempts ?? 0));
  if (forward && again) return waitForRetry(draft, { ...at, step: forward, leastMs: retryAfterMs });
  return compensate(definition, draft, { ...at, why: { code, step: name, failed: at.outcome.data } });
}

function fire(definition: AnySaga, instance: SagaInstance, input: InputOf<'timer'>): Judged {
  const due = timersOf(definition, instance).some((each) => each.epoch === input.epoch && each.kind === input.kind);
  if (!due) return { ...draftOf(instance), ignored: 'stale timer' };
  if (input.kind === 'stuck') return stuck(instance, input);
  const { pending, waitingRetry } = instance;
  if (input.kind === 'retry' && waitingRetry) {
    const { step: name, undo, attempt } = waitingRetry;
    return issue(definition, draftOf(instance), { ...input, what: { step: name, undo, attempt } });
  }
  return pending ? timedOut(definition, instance, { ...input, pending }) : draftOf(instance);
}

function stuck(instance: SagaInstance, input: InputOf<'timer'>): Draft {
  const stuckIn = instance.state === 'compensating' ? 'compensating' : 'running';
  return draftOf(noted({ ...instance, state: 'stuck', stuckIn }, input, { what: 'stuck' }));
}

function timedOut(definition: AnySaga, instance: SagaInstance, at: InputOf<'timer'> & { pending: Pending }): Draft {
  const { step: name, undo, attempt, epoch } = at.pending;
  const draft = draftOf(noted(instance, at, { what: 'timed out', step: name, epoch }));
  const attempts = stepNamed(definition, name)?.attempts ?? 0;
  if (undo || instance.pivotSent || attempt < attempts)
    return issue(definition, draft, { ...at, what: { step: name, undo, attempt: attempt + 1 } });
  return compensate(definition, draft, { ...at, why: { code: TIMED_OUT, step: name } });
}

function cancel(definition: AnySaga, instance: SagaInstance, input: InputOf<'cancel'>): Judged {
  if (instance.state !== 'running' || instance.pivotSent)
    return { ...draftOf(noted(instance, input, { what: 'too late to cancel' })), ignored: 'too late to cancel' };
  const at = instance.pending?.step ?? instance.waitingRetry?.step ?? START;
  return compensate(definition, draftOf(instance), { ...input, why: { code: CANCELLED, step: at } });
}
