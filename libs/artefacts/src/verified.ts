import { createHash } from 'node:crypto';
import { Transform } from 'node:stream';
import { inputFault } from './errors';

/** Passes bytes on and fails at the end where they are not those of the hash. */
export function verified(sha256: string): Transform {
  const hash = createHash('sha256');
  return new Transform({
    transform(chunk: Uint8Array, _, next) {
      hash.update(chunk);
      next(null, chunk);
    },
    flush: (next) => next(hash.digest('hex') === sha256 ? null : inputFault.corrupt(sha256)),
  });
}

export const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
