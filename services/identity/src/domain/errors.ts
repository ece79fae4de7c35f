import { errors } from '@gts/kernel';

/** The refusals of this context; `docs/errors.md` is generated from them. */
export const refuse = errors('IDENTITY', {
  DEMO_DISABLED: {
    kind: 'not-found',
    summary: 'There are no demo people here.',
    advice: 'Start with DEMO_SIGN_IN=true, never in production.',
    message: () => 'demo sign-in is switched off',
  },
  ACCOUNT_SUSPENDED: {
    kind: 'forbidden',
    summary: 'The account is suspended.',
    advice: 'Ask the operator of this installation.',
    message: () => 'this account is suspended',
  },
  SESSION_NOT_FOUND: {
    kind: 'not-found',
    summary: 'No such session of yours.',
    advice: 'List your sessions again.',
    message: () => 'you have no such session',
  },
  TOKEN_NOT_FOUND: {
    kind: 'not-found',
    summary: 'No such API token of yours.',
    advice: 'List your API tokens again.',
    message: () => 'you have no such API token',
  },
  LIMIT_REACHED: {
    kind: 'conflict',
    summary: 'There are as many of these as there may be.',
    advice: 'Remove one that is not needed any more.',
    message: (what: string, most: number) => `at most ${most} ${what}: remove one first`,
  },
  REAUTHENTICATION_REQUIRED: {
    kind: 'forbidden',
    summary: 'This needs a sign-in of the last ten minutes.',
    advice: 'Sign out, sign in, try again.',
    message: () => 'sign in again first: this needs a sign-in of the last 10 minutes',
  },
  TOKEN_EXPIRY: {
    kind: 'rule-violated',
    summary: 'An API token lives at least a minute and at most 365 days.',
    advice: 'Choose a date within the next year.',
    message: (detail: string) => `expiresAt ${detail}`,
  },
  SCOPE_FORBIDDEN: {
    kind: 'forbidden',
    summary: 'Only administrators make tokens that operate the platform.',
    advice: 'Leave the scope ops out.',
    message: () => 'the scope ops is for administrators',
  },
});
