import { assertNever } from '@gts/kernel';
import { type AnySaga, START } from './definition';
import { CANCELLED, sagaErrors } from './errors';
import type { InputOf, SagaInstance } from './instance';
import { compensate, type Draft, issue, noted, undoNext } from './transitions';

/**
 * What an operator may do: `retry` a stuck or waiting saga, `skip` an undo that cannot succeed, `cancel` before the
 * pivot, `abort` a stuck one for good.
 * @throws SAGA.WRONG_STATE
 */
export function operate(definition: AnySaga, instance: SagaInstance, input: InputOf<'operator'>): Draft {
  const { verb, reason, actor } = input;
  const draft: Draft = { instance: noted(instance, input, { what: `${verb} by ${actor}: ${reason}` }), outbox: [] };
  switch (verb) {
    case 'retry':
      return retry(definition, draft, input);
    case 'skip':
      return skip(definition, draft, input);
    case 'cancel':
      return cancel(definition, draft, input);
    case 'abort':
      return abort(draft);
    default:
      return assertNever(verb);
  }
}

function retry(definition: AnySaga, draft: Draft, input: InputOf<'operator'>): Draft {
  const { instance } = draft;
  const where = instance.waitingRetry ?? (instance.state === 'stuck' ? instance.pending : undefined);
  if (!where) throw sagaErrors.WRONG_STATE('retry', instance.state);
  const awake: SagaInstance = {
    ...instance,
    state: instance.stuckIn ?? instance.state,
    stuckIn: undefined,
    progressAt: input.now,
  };
  const what = { step: where.step, undo: where.undo, attempt: 1 };
  return issue(definition, { ...draft, instance: awake }, { ...input, what });
}

function skip(definition: AnySaga, draft: Draft, input: InputOf<'operator'>): Draft {
  const { instance } = draft;
  if (instance.state !== 'stuck' || instance.stuckIn !== 'compensating' || !instance.pending)
    throw sagaErrors.WRONG_STATE('skip', instance.state);
  const { step } = instance.pending;
  const armed = instance.armed.map((each) => (each.step === step ? { ...each, state: 'skipped' as const } : each));
  const rest: SagaInstance = {
    ...instance,
    armed,
    state: 'compensating',
    stuckIn: undefined,
    pending: undefined,
    progressAt: input.now,
  };
  return undoNext(definition, { ...draft, instance: rest }, input);
}

function cancel(definition: AnySaga, draft: Draft, input: InputOf<'operator'>): Draft {
  const { instance } = draft;
  const phase = instance.stuckIn ?? instance.state;
  if (phase !== 'running' || instance.pivotSent) throw sagaErrors.WRONG_STATE('cancel', instance.state);
  const step = instance.pending?.step ?? instance.waitingRetry?.step ?? START;
  return compensate(definition, draft, { ...input, why: { code: CANCELLED, step } });
}

function abort(draft: Draft): Draft {
  const { instance } = draft;
  if (instance.state !== 'stuck') throw sagaErrors.WRONG_STATE('abort', instance.state);
  const state = 'aborted' as const;
  return {
    ...draft,
    instance: { ...instance, state, stuckIn: undefined, pending: undefined, waitingRetry: undefined },
  };
}
