import { errors } from '@gts/kernel';

export const refuse = errors('RENDERING', {
  RUN_CANCELLED: {
    kind: 'rule-violated',
    summary: 'The run was cancelled before it was asked for.',
    advice: 'Ask for a new run.',
    message: () => 'this run was cancelled',
  },
  DRAINING: {
    kind: 'unavailable',
    summary: 'This replica is about to stop.',
    advice: 'Nothing to do: another replica, or this one after its restart, takes over.',
    message: () => 'this replica takes no new work',
  },
  FENCED: {
    kind: 'unavailable',
    summary: 'A newer attempt took this work over; what the older one made is discarded.',
    advice: 'Nothing to do.',
    message: (what: string) => `${what} belongs to a newer attempt`,
  },
  NOT_RUNNING: {
    kind: 'not-found',
    summary: 'No unfinished run has this id.',
    advice: 'List the render jobs: what has ended is not among them.',
    message: () => 'no run with this id is waiting or running',
  },
  UNKNOWN_RUN: {
    kind: 'not-found',
    summary: 'No such run in this workspace.',
    message: () => 'there is no such run',
  },
});
