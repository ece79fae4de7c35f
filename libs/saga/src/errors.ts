import { errors } from '@gts/kernel';

/** Refusals of sagas and their participants. */
export const sagaErrors = errors('SAGA', {
  NOT_FOUND: {
    kind: 'not-found',
    summary: 'No saga has this id.',
    advice: 'List the sagas of the context.',
    message: (id: string) => `saga ${id} does not exist`,
  },
  WRONG_STATE: {
    kind: 'conflict',
    summary: 'The verb does not fit the state of the saga.',
    advice: 'Show the saga: its state says which verbs apply.',
    message: (verb: string, state: string) => `a ${state} saga cannot take '${verb}'`,
  },
  VERSION_UNKNOWN: {
    kind: 'unavailable',
    summary: 'An unfinished saga belongs to a version of its definition that this release lacks.',
    advice: 'Run the release that knows it until its sagas have ended.',
    message: (type: string, version: number) => `saga ${type} version ${version} is not known here`,
  },
  TENANT_MISMATCH: {
    kind: 'invalid',
    summary: 'A message names a saga of another workspace.',
    advice: 'Look at its producer: this never happens by itself.',
    message: () => 'the message and its saga belong to different workspaces',
  },
  REFERENCE_MISSING: {
    kind: 'invalid',
    summary: 'A saga command came without its saga reference.',
    advice: 'Send it through a saga.',
    message: (type: string) => `${type} carries no saga reference`,
  },
  FENCED: {
    kind: 'unavailable',
    summary: 'A newer attempt, or an undo, took over; the result is discarded.',
    advice: 'Nothing to do.',
    message: (step: string) => `the attempt at '${step}' was fenced`,
  },
  UNDONE: {
    kind: 'rule-violated',
    summary: 'The step was undone before its command came.',
    advice: 'Start the saga again.',
    message: (step: string) => `'${step}' was undone before`,
  },
});

/** Reasons in `why.code` of sagas that turned back without a failure event. */
export const TIMED_OUT = 'SAGA.TIMED_OUT';
export const CANCELLED = 'SAGA.CANCELLED';
