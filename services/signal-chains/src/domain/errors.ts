import { errors } from '@gts/kernel';

/** What this context refuses; `docs/errors.md` is generated from it. */
export const refuse = errors('CHAIN', {
  CHAIN_INVALID: {
    kind: 'rule-violated',
    summary: 'A chain breaks the grammar or uses gear that it cannot use; every finding is listed.',
    advice: 'Repair each finding, or save as a draft.',
    message: (findings: number) => `the chain has ${findings} ${findings === 1 ? 'finding' : 'findings'}, see errors`,
  },
  NOT_READY: {
    kind: 'rule-violated',
    summary: 'A chain of a run is a draft or broken.',
    advice: 'Repair the chain, then render again.',
    message: (name: string) => `the chain "${name}" is not ready`,
  },
  UNKNOWN: {
    kind: 'rule-violated',
    summary: 'A chain of a run does not exist any more.',
    advice: 'Replace the tone, then render again.',
    message: () => 'this chain does not exist',
  },
  NOT_PERMITTED: {
    kind: 'forbidden',
    summary: 'Only operators see deleted chains.',
    message: () => 'includeDeleted is for operators',
  },
  LIMIT_REACHED: {
    kind: 'conflict',
    summary: 'The workspace has as many chains as it may have.',
    advice: 'Delete chains that are not needed any more.',
    message: (most: number) => `at most ${most} chains a workspace`,
  },
  RESTORE_REFUSED: {
    kind: 'conflict',
    summary: 'A chain cannot come back: not deleted, deleted too long ago, or there are too many.',
    message: () => 'only a chain deleted within 30 days comes back',
  },
});
