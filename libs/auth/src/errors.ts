import { errors } from '@gts/kernel';

/** Refusals of this library; none tells more than the caller may know. */
export const authErrors = errors('AUTH', {
  TOKEN_INVALID: {
    kind: 'unauthenticated',
    summary: 'The internal token is not one of ours, or not for this purpose.',
    advice: 'Sign in again; between services: check clock and keys.',
    message: (what: string) => `the internal token is refused: ${what}`,
  },
  TOKEN_EXPIRED: {
    kind: 'unauthenticated',
    summary: 'The internal token is older than its minute.',
    advice: 'Repeat the request.',
    message: () => 'the internal token has expired',
  },
  KEYS_UNAVAILABLE: {
    kind: 'unavailable',
    summary: 'The set of public keys cannot be read, so an unknown key proves nothing.',
    advice: 'Check INTERNAL_KEYS_FILE of the service.',
    message: () => 'the key set cannot be read',
  },
});
