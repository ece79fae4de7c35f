import { isDomainError } from '@gts/kernel';

/** The code that a promise is refused with; `'nothing'` when it is kept. */
export const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'nothing',
    (error: unknown) => (isDomainError(error) ? error.code : String(error)),
  );
